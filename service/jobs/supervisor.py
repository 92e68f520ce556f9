"""Starts a worker process for one job at a time, and cleans up. One supervisor works per data directory; further ones stand by for its lock."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from nlp.errors import SecondStoryError
from service.jobs.folders import JobFolders
from service.jobs.job import Job
from service.jobs.orders import Orders
from service.jobs.store import RECEIVING, JobStore
from service.settings import Settings

logger = logging.getLogger(__name__)
OUR_TREE = Path(__file__).parents[2]
IDLE_SECONDS = 1.0
LOOK_SECONDS = 0.2
CANCEL_GRACE_SECONDS = 15.0
SWEEP_SECONDS = 600.0


class Supervisor:
    """A thread of the service. `wake` tells it that there is a new job."""

    def __init__(self, settings: Settings, store: JobStore, folders: JobFolders) -> None:
        self._settings, self._store, self._folders = settings, store, folders
        self._lock = FileLock(settings.data_directory / "supervisor.lock", thread_local=False)
        self._stop, self._wake = threading.Event(), threading.Event()
        self._next_sweep = 0.0
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        """End the worker, which goes on at the next start."""
        self._stop.set()
        self._wake.set()
        self._thread.join(10)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                busy = self._step()
            except (SecondStoryError, OSError) as error:
                logger.error("jobs_paused %s", type(error.__cause__ or error).__name__)
                busy = False
            if not busy:
                self._wake.wait(IDLE_SECONDS)
                self._wake.clear()
        self._lock.release()

    def _step(self) -> bool:
        """One round: true if there was a job."""
        if not self._lock.is_locked:
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                return False
            resumed = self._store.requeue_running()
            logger.info("jobs_resumed", extra={"count": resumed})
        if time.monotonic() >= self._next_sweep:
            self._next_sweep = time.monotonic() + SWEEP_SECONDS
            self._sweep()
        job = self._store.claim()
        if job is None:
            return False
        self._score(job)
        return True

    def _score(self, job: Job) -> None:
        logger.info("job_started", extra={"job": job.id, "count": job.files})
        worker = self._start(job)
        hard_stop: float | None = None
        try:
            while worker.poll() is None:
                if self._stop.is_set():
                    return
                time.sleep(LOOK_SECONDS)
                if hard_stop is None and self._cancel_is_requested(job):
                    hard_stop = time.monotonic() + CANCEL_GRACE_SECONDS
                if hard_stop is not None and time.monotonic() > hard_stop:
                    break
        finally:
            _kill_with_children(worker)
        if hard_stop is not None and self._store.finish(job.id, "cancelled"):
            self._folders.delete(job.id)
        elif self._store.get(job.id).state == "running":
            logger.error("job_worker_died", extra={"job": job.id, "status": worker.returncode})
            self._store.note_crash(job.id)
        ended = self._store.get(job.id)
        logger.info("job_%s", ended.state, extra={"job": job.id, "rows": ended.rows_done})

    def _start(self, job: Job) -> subprocess.Popen[bytes]:
        orders = Orders(
            job_id=job.id,
            data_directory=self._settings.data_directory,
            database_url=self._settings.jobs_database,
            retention_days=self._settings.retention_days,
            workers=self._settings.job_workers,
        )
        worker = subprocess.Popen(
            [sys.executable, "-P", "-m", "service.jobs.worker"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(OUR_TREE), os.environ.get("PYTHONPATH", "")])},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # its own group, so that it can be ended with all that it starts
        )
        assert worker.stdin is not None
        worker.stdin.write(orders.model_dump_json().encode() + b"\n")
        worker.stdin.flush()
        return worker

    def _cancel_is_requested(self, job: Job) -> bool:
        return self._store.get(job.id).cancel_requested

    def _sweep(self) -> None:
        expired = self._store.delete_expired()
        states = self._store.states()
        for job_id in self._folders.stale(each for each, state in states.items() if state == RECEIVING):
            self._store.delete(job_id)
        swept = self._folders.sweep(self._store.states())
        if expired or swept:
            logger.info("jobs_swept", extra={"count": expired + swept})


def _kill_with_children(worker: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
    worker.kill()
    worker.wait()
    if worker.stdin is not None:
        worker.stdin.close()
