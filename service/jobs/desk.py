"""What the routes talk to: takes jobs in, tells about them, lets them go. Opens when the service starts, and again when it is asked after a failure."""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock
from sqlalchemy.exc import SQLAlchemyError

from nlp.errors import UnreadableInputError
from service.jobs.errors import JobStateError, QueueFullError, StorageError
from service.jobs.folders import JobFolders
from service.jobs.job import Job
from service.jobs.migration import upgrade
from service.jobs.options import JobOptions
from service.jobs.store import JobStore, connect
from service.jobs.supervisor import Supervisor
from service.settings import Settings

logger = logging.getLogger(__name__)
RETRY_SECONDS = (5, 30, 600)  # least, unknown, most


@dataclass(frozen=True, slots=True)
class _Open:
    store: JobStore
    folders: JobFolders
    supervisor: Supervisor


class JobDesk:
    """Safe for several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opening = threading.Lock()
        self._parts: _Open | None = None

    def open(self) -> None:
        """Bring the database up to date and start the supervisor. A service without a usable disk goes on without jobs."""
        try:
            self._opened()
        except StorageError as error:
            logger.error("jobs_unavailable %s", type(error.__cause__ or error).__name__)

    def close(self) -> None:
        """Stop the worker; its job goes on at the next start."""
        if self._parts is not None:
            self._parts.supervisor.stop()
            self._parts.store.close()
            self._parts = None

    def reserve(self) -> str:
        """A place for an upload that is about to come in.

        Raises:
            QueueFullError: with the seconds after which to try again.
        """
        store = self._opened().store
        try:
            return store.reserve(max_queued=self._settings.max_queued_jobs)
        except QueueFullError as error:
            error.retry_after = _seconds_left(store.newest())
            raise

    def submit(self, job_id: str, options: JobOptions, uploads: Iterable[tuple[str, BinaryIO]]) -> Job:
        """Keep the uploads and put the job in the queue.

        Raises:
            UnreadableInputError: there is no file, or the options do not fit.
        """
        parts = self._opened()
        options.for_batch()
        sizes = [parts.folders.save(job_id, name, content) for name, content in uploads]
        if not sizes:
            raise UnreadableInputError("There is no file in this request. Send at least one, in the form field 'files'.")
        job = parts.store.enqueue(job_id, options=options, files=len(sizes), upload_bytes=sum(sizes))
        parts.supervisor.wake()
        return job

    def abandon(self, job_id: str) -> None:
        """Forget an upload that did not come in whole."""
        parts = self._opened()
        if parts.store.delete(job_id):
            parts.folders.delete(job_id)

    def newest(self) -> list[Job]:
        """The jobs that this service holds, newest first."""
        return self._opened().store.newest()

    def get(self, job_id: str) -> Job:
        """The job as it is now."""
        return self._opened().store.get(job_id)

    def cancel(self, job_id: str) -> Job:
        """End a waiting job at once, a running one soon; uploads and partial tables go with it."""
        parts = self._opened()
        job = parts.store.request_cancel(job_id)
        if job.state == "cancelled":
            parts.folders.delete(job_id)
        return job

    def delete(self, job_id: str) -> None:
        """Remove a job that has ended, with all that is kept of it."""
        parts = self._opened()
        parts.store.get(job_id)
        if not parts.store.delete(job_id):
            raise JobStateError("The job has not ended. Cancel it first, then delete it.")
        parts.folders.delete(job_id)

    def run(self, job_id: str) -> Path:
        """The folder with the tables of a job that is done."""
        parts = self._opened()
        job = parts.store.get(job_id)
        if job.state != "done":
            raise JobStateError(f"The job is {job.state}; only a job that is done has tables. See GET /v1/jobs/{{id}}.")
        return parts.folders.run(job_id)

    def report(self, job_id: str) -> Path:
        """The page with plots of a job that is done."""
        self.run(job_id)
        path = self._opened().folders.report(job_id)
        if not path.exists():
            raise JobStateError("This job has tables but no report; its 'message' says why.")
        return path

    def _opened(self) -> _Open:
        with self._opening:
            if self._parts is None:
                self._parts = self._open()
            return self._parts

    def _open(self) -> _Open:
        top = self._settings.data_directory
        try:
            top.mkdir(mode=0o700, parents=True, exist_ok=True)
            engine = connect(self._settings.jobs_database)
            with FileLock(top / "migration.lock", timeout=60):
                upgrade(engine)
        except (OSError, SQLAlchemyError, ImportError) as error:
            raise StorageError("Batch jobs cannot be kept now: the data directory or the database cannot be used. The log of the service says more.") from error
        store = JobStore(engine, retention_days=self._settings.retention_days)
        folders = JobFolders(top)
        supervisor = Supervisor(self._settings, store, folders)
        supervisor.start()
        return _Open(store, folders, supervisor)


def _seconds_left(jobs: list[Job]) -> int:
    """How long the running job may still take at its pace."""
    least, unknown, most = RETRY_SECONDS
    running = next((job for job in jobs if job.state == "running"), None)
    if running is None or not running.rows_done or not running.rows_total or running.started_at is None:
        return unknown
    seconds = (datetime.now(UTC) - running.started_at).total_seconds()
    return round(min(most, max(least, seconds / running.rows_done * (running.rows_total - running.rows_done))))
