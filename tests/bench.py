"""Slow measurements: `make bench`. Prints what the README and the notes claim.

python tests/bench.py [--reports DIR] [--soak SECONDS]
"""

import argparse
import json
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2
import psutil

PORT = 8199
URL = f"http://127.0.0.1:{PORT}"
PASSAGE = (
    "The nurse failed to check the wristband at 22:10. There were two registered nurses for 28 patients because one post was vacant. "
    "The registrar should have reviewed the chart, but the scanner had been away for repair since January. He recovered by 23:55.\n\n"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=Path, help="folder of JSON lines files; else a text of ours is repeated")
    parser.add_argument("--soak", type=int, default=60, help="seconds of load by 8 clients")
    arguments = parser.parse_args()
    text = long_report(arguments.reports)
    begun = time.perf_counter()
    server = subprocess.Popen([sys.executable, "-m", "service", "serve", "--port", str(PORT)], stderr=subprocess.DEVNULL)
    try:
        while not is_ready():
            time.sleep(0.05)
        print(f"start to ready: {time.perf_counter() - begun:.1f} s")
        fresh = [timed(anew(text, turn)) for turn in range(15)]
        print(f"{len(text.split())} words over HTTP, never seen before: median {statistics.median(fresh):.0f} ms, worst {max(fresh):.0f} ms")
        edited = [timed(text.replace(". ", f" ({turn}). ", 1)) for turn in range(15)]
        print(f"the same after an edit of its first sentence: median {statistics.median(edited):.0f} ms, worst {max(edited):.0f} ms")
        soak(text[:4000], arguments.soak, psutil.Process(server.pid))
    finally:
        server.terminate()


def long_report(folder: Path | None) -> str:
    """A report of about 2,000 words."""
    if folder is None:
        return PASSAGE * (2000 // len(PASSAGE.split()))
    texts = [json.loads(line)["text"] for line in (folder / "pfd_toolkit.jsonl").open()]
    return min(texts, key=lambda text: abs(len(text.split()) - 2000))


def anew(text: str, turn: int) -> str:
    """The text with every sentence made different, so that nothing remembered helps."""
    return text.replace(". ", f" {turn}{'x' * (turn % 7)}. ")


def is_ready() -> bool:
    try:
        return httpx2.get(f"{URL}/readyz").status_code == 200
    except httpx2.TransportError:
        return False


def timed(text: str) -> float:
    begun = time.perf_counter()
    httpx2.post(f"{URL}/v1/analyze", json={"text": text}, timeout=60).raise_for_status()
    return 1000 * (time.perf_counter() - begun)


def soak(text: str, seconds: int, server: psutil.Process) -> None:
    """Eight clients at once; memory is read after a fifth of the time and at the end."""
    errors, done, end = [], [], time.time() + seconds

    def client() -> None:
        while time.time() < end:
            answer = httpx2.post(f"{URL}/v1/analyze", json={"text": text}, timeout=60)
            (done if answer.status_code == 200 else errors).append(answer.status_code)

    threads = [threading.Thread(target=client) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(seconds / 5)
    early = server.memory_info().rss
    for thread in threads:
        thread.join()
    growth = (server.memory_info().rss - early) / 1e6
    print(f"8 clients, {seconds} s: {len(done)} analyses, {len(errors)} errors, memory {early / 1e6:.0f} MB, {growth:+.1f} MB since a fifth")


if __name__ == "__main__":
    main()
