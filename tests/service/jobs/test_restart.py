"""Jobs outlive kills: a real service in a process of its own, killed with its worker at once, started again on the same folder."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2 as httpx
import psutil
import pytest

TOP = Path(__file__).parents[3]
SCRIPT = "import service.cli as cli; cli.app(['serve', '--port', '{port}'])"
# A part is 1,000 rows. Empty ones, which are quick, fill most of the first, so that the kills hit the second. No two texts are alike: the analyser remembers
# sentences, and a second part of one sentence is over before anybody can look.
TEXT = "The nurse in bay {n} carelessly failed to check chart {n}. Pump {n} was changed at handover and lead {n} should have noticed. Bed {n} had moved."
ROWS = "".join(f"A{n},{TEXT.format(n=n) if n > 990 else ''}\n" for n in range(1_400))
OPTIONS = json.dumps({"mapping": {"text": "Narrative", "report_id": "id"}, "detector": "rules"})


class Service:
    """A service on a folder; `kill` is `kill -9` for it and what it started."""

    def __init__(self, folder, database=""):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        environment = {"SECONDSTORY_DATA_DIRECTORY": str(folder), "SECONDSTORY_DATABASE_URL": database, "SECONDSTORY_JOB_WORKERS": "1", "PYTHONPATH": str(TOP)}
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([sys.executable, "-c", SCRIPT.format(port=port)], cwd=TOP, env={**os.environ, **environment}, **quiet)
        self.until(lambda: httpx.get(f"{self.url}/v1/jobs").status_code == 200)

    def until(self, true, seconds=180):
        for _ in range(seconds * 5):
            with contextlib.suppress(httpx.TransportError, psutil.NoSuchProcess):
                if true():
                    return
            time.sleep(0.2)
        raise AssertionError("It took too long.")

    def send(self, rows=ROWS):
        files = [("files", ("reports.csv", f"id,Narrative\n{rows}".encode()))]
        return httpx.post(f"{self.url}/v1/jobs", files=files, data={"options": OPTIONS}, timeout=60).json()["id"]

    def job(self, job_id):
        return httpx.get(f"{self.url}/v1/jobs/{job_id}", timeout=60).json()

    def workers(self):
        return psutil.Process(self.process.pid).children()

    def result(self, job_id):
        self.until(lambda: self.job(job_id)["ended_at"])
        return httpx.get(f"{self.url}/v1/jobs/{job_id}/result", timeout=60).content

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def start():
    started = []

    def start(*args):
        started.append(Service(*args))
        return started[-1]

    yield start
    for service in started:
        if service.process.poll() is None:
            service.process.send_signal(signal.SIGTERM)
            service.process.wait(30)


def test_a_job_that_was_killed_twice_ends_with_the_bytes_of_an_unbroken_one(start, tmp_path):
    service = start(tmp_path / "data")
    unbroken = service.result(service.send())
    job_id = service.send()
    service.until(lambda: service.job(job_id)["rows_done"] > 1_000)
    assert not service.job(job_id)["ended_at"]
    [worker] = service.workers()
    worker.kill()
    service.until(lambda: [each for each in service.workers() if each != worker and each.status() != psutil.STATUS_ZOMBIE])
    service.until(lambda: service.job(job_id)["rows_done"] > 1_000)
    [worker] = service.workers()
    service.kill()
    service.until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
    service = start(tmp_path / "data")
    assert service.result(job_id) == unbroken
    assert service.job(job_id)["rows_done"] == 1_400
    assert service.job(job_id)["rows_failed"] == 991  # the empty ones


def test_jobs_wait_over_a_restart_in_postgresql(start, tmp_path, postgresql):
    service = start(tmp_path / "data", postgresql)
    job_id = service.send(ROWS[-10_000:].partition("\n")[2])
    service.until(lambda: service.job(job_id)["rows_done"])
    service.kill()
    service = start(tmp_path / "data", postgresql)
    assert service.result(job_id)[:2] == b"PK"
    assert not (tmp_path / "data" / "jobs.sqlite3").exists()
