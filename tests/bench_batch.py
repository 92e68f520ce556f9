"""Slow measurements of batch scoring: `make bench-batch`. Prints what docs/batch.md claims.

python tests/bench_batch.py --reports DIR [--only speed,plain,workers,growth,kill,spark] [--sizes 1000,10000,100000] [--longest CHARACTERS] [--kills 20]
    [--detectors rules,released]

The reports are JSON lines with `text`, repeated to the size that is asked for, each time with another number in front so that nothing remembered helps.
"""

import argparse
import contextlib
import itertools
import json
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from models.artefact import released_folder
from nlp.parsing import pieces, reading_text

LOG = "run.log.jsonl"
TOP = Path(__file__).parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=Path, required=True, help="folder of JSON lines files with 'text'")
    parser.add_argument("--only", default="speed,plain,workers,growth,kill,spark")
    parser.add_argument("--size", type=int, default=1000, help="reports for everything but growth")
    parser.add_argument("--sizes", default="1000,10000,100000", help="reports for growth")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--detectors", default="rules,released")
    parser.add_argument("--longest", type=int, help="leave out reports of more characters, for growth in minutes and not hours")
    arguments = parser.parse_args()
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}, Python {platform.python_version()}")
    print("released:", released_folder() or "rules alone (no artefact is released)")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), arguments)
        for name in arguments.only.split(","):
            print(f"\n{name}")
            getattr(bench, name)()


class Bench:
    """Each method measures one thing and prints it."""

    def __init__(self, folder: Path, arguments: argparse.Namespace) -> None:
        self.folder, self.arguments = folder, arguments
        self.texts = [json.loads(line)["text"] for path in sorted(arguments.reports.glob("*.jsonl")) for line in path.open(encoding="utf-8")]
        if arguments.longest:
            self.texts = [text for text in self.texts if len(text) <= arguments.longest]
        random.Random(5).shuffle(self.texts)
        self.detectors = arguments.detectors.split(",")

    def speed(self) -> None:
        """Reports and megabytes a second and peak memory, all cores."""
        for detector in self.detectors:
            self.timed(self.table(self.arguments.size), "--detector", detector, label=detector)

    def workers(self) -> None:
        """Workers by threads: a worker has cores // workers threads, so one worker has them all."""
        cores = os.cpu_count() or 1
        for detector, count in itertools.product(self.detectors, sorted({1, max(1, cores // 2), cores, 2 * cores})):
            self.timed(self.table(self.arguments.size), "--detector", detector, "--workers", str(count), label=f"{detector}, {count} workers")

    def growth(self) -> None:
        """Whether speed and memory hold as the input grows."""
        for size in map(int, self.arguments.sizes.split(",")):
            self.timed(self.table(size), "--detector", self.detectors[0], label=f"{self.detectors[0]}, {size:,} reports")

    def kill(self) -> None:
        """Random kills, resumed each time; the bytes must be those of an unbroken run."""
        source = self.table(self.arguments.size)
        begun = time.time()
        run(source, self.folder / "whole", "--detector", self.detectors[0], "--rows-per-part", "50").wait()
        took, draw, out = time.time() - begun, random.Random(11), self.folder / "killed"
        for _ in range(self.arguments.kills):
            process = run(source, out, "--detector", self.detectors[0], "--rows-per-part", "50", "--resume")
            time.sleep(draw.uniform(0.05, 0.6) * max(took, 8) if draw.random() < 0.8 else draw.uniform(0.05, 4))
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert run(source, out, "--detector", self.detectors[0], "--rows-per-part", "50", "--resume").wait() in {0, 3}
        same = contents(out) == contents(self.folder / "whole")
        print(f"{self.arguments.kills} kills with signal 9: {'the same bytes' if same else 'THE BYTES DIFFER'} in {len(contents(out))} files")
        shutil.rmtree(out)
        if not same:
            raise SystemExit(1)

    def plain(self) -> None:
        """A transformers pipeline with the released weights in a pandas loop, which gives raw token labels and nothing else, on fewer reports: sentence by
        sentence, as sentences are what a run reports on, and whole reports at a time."""
        try:
            import pandas
            import torch
            from bench_model import Plain
        except ImportError as error:
            print(f"left out: {error.name} is not installed")
            return
        artefact = released_folder()
        if artefact is None:
            print("left out: no model is released, whose weights it would use")
            return
        frame = pandas.DataFrame({"text": self.texts[: max(20, self.arguments.size // 10)]})
        classify = Plain(artefact).pipeline
        for label, cut in (("sentence by sentence", sentences), ("whole reports", lambda text: [text])):
            begun = time.time()
            for text in frame["text"]:
                for part in cut(text):
                    classify(part)
            seconds, size = time.time() - begun, int(frame["text"].str.len().sum())
            self.say(f"plain pipeline, torch {torch.__version__}, {label}", len(frame), size, seconds, psutil.Process().memory_info().rss)

    def spark(self) -> None:
        """Local mode at one and all cores, then a small cluster of two executors, one of which is killed midway."""
        source, cores = self.table(self.arguments.size), os.cpu_count() or 1
        run(source, self.folder / "local", "--detector", self.detectors[0]).wait()
        for count in sorted({1, cores}):
            self.timed(source, "--detector", self.detectors[0], "--engine", "spark", "--workers", str(count), label=f"spark, {count} cores", against="local")
        submit = Path(sys.prefix) / "bin" / "spark-submit"
        cluster = [str(submit), "--master", "local-cluster[2,1,1536]", "--conf", "spark.ui.enabled=false", str(TOP / "service" / "batch" / "spark_job.py")]
        environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": str(TOP)}
        command = [*cluster, str(source), "--output", str(self.folder / "cluster"), "--detector", self.detectors[0]]
        with (self.folder / "cluster.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=TOP)
            killed = kill_executor(process, self.folder / "cluster" / LOG)
            code = process.wait()
        same = code in {0, 3} and contents(self.folder / "cluster") == contents(self.folder / "local")
        print(f"cluster of two executors, {killed} killed midway: exit {code}, {'the same bytes' if same else 'NOT the same bytes'} as the local engine")

    def table(self, size: int) -> Path:
        """A JSON lines file of so many reports."""
        path = self.folder / f"reports-{size}.jsonl"
        if not path.exists():
            with path.open("w", encoding="utf-8") as out:
                for number, text in zip(range(size), itertools.cycle(self.texts), strict=False):
                    out.write(json.dumps({"id": number, "text": f"{number}. {text}"}) + "\n")
        return path

    def timed(self, source: Path, *flags: str, label: str, against: str | None = None) -> None:
        out = self.folder / "timed"
        shutil.rmtree(out, ignore_errors=True)
        process = run(source, out, *flags)
        peak = Peak(process.pid)
        code = process.wait()
        events = [json.loads(line) for line in (out / LOG).read_text().splitlines()] if (out / LOG).exists() else [{}]
        if code not in {0, 3} or events[-1].get("event") != "finished":
            print(f"{label}: FAILED with exit status {code}")
            return
        begun = next(event for event in events if event["event"] == "begun")
        size = sum(len(json.loads(line)["text"]) for line in source.open(encoding="utf-8"))
        same = "" if against is None else ", the same bytes" if contents(out) == contents(self.folder / against) else ", NOT THE SAME BYTES"
        self.say(label + same, begun["total"], size, events[-1]["seconds"], peak.bytes)

    def say(self, label: str, reports: int, size: int, seconds: float, memory: int) -> None:
        print(f"{label}: {reports / seconds:.1f} reports/s, {size / seconds / 1e6:.3f} MB/s, {seconds:.1f} s, peak memory {memory / 1e6:.0f} MB")


def sentences(text: str) -> list[str]:
    """The sentences of a report, cut without parsing."""
    reading = reading_text(text)
    return [text[start:end] for start, end in pieces(reading) if reading[start:end].strip()]


class Peak:
    """The most memory that a process and its children hold together, looked at four times a second."""

    def __init__(self, pid: int) -> None:
        self.bytes = 0
        self._process = psutil.Process(pid)
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            try:
                family = [self._process, *self._process.children(recursive=True)]
                self.bytes = max(self.bytes, sum(each.memory_info().rss for each in family if each.is_running()))
            except psutil.Error:
                if not self._process.is_running():
                    return
            time.sleep(0.25)


def run(source: Path, output: Path, *flags: str) -> subprocess.Popen[bytes]:
    """The command on this file, quiet."""
    command = [sys.executable, "-m", "service", "batch", str(source), "--id", "id", "--output", str(output), *flags]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=TOP)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a run but its log."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != LOG}


def kill_executor(process: "subprocess.Popen[bytes]", log: Path) -> int:
    """Kill one executor once scoring is well under way; how many were killed."""
    while process.poll() is None:
        time.sleep(1)
        if log.exists() and "begun" in log.read_text():
            time.sleep(15)
            for each in psutil.Process(process.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):  # it ended meanwhile
                    if "CoarseGrainedExecutorBackend" in " ".join(each.cmdline()):
                        each.kill()
                        return 1
    return 0


if __name__ == "__main__":
    main()
