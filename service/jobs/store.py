"""Jobs in the database: every change of state is one statement that checks the state it starts from. The only module that speaks SQL."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from service.jobs.errors import QueueFullError, StorageError, UnknownJobError
from service.jobs.job import ENDED, Job, State
from service.jobs.options import JobOptions
from service.jobs.tables import jobs

MAX_CRASHES = 3
MAX_LISTED = 500
RECEIVING = "receiving"  # the upload is still coming in: counts towards the queue, is not shown


def connect(url: str) -> sa.Engine:
    """An engine for `sqlite:///…` or `postgresql://…`. Its errors do not show values."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return sa.create_engine(parsed.set(drivername="postgresql+pg8000"), pool_pre_ping=True, hide_parameters=True)
    engine = sa.create_engine(parsed, connect_args={"timeout": 30}, hide_parameters=True)

    @sa.event.listens_for(engine, "connect")
    def write_ahead(connection: Any, _: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")

    return engine


class JobStore:
    """Safe for several threads and processes."""

    def __init__(self, engine: sa.Engine, *, retention_days: int) -> None:
        self._engine = engine
        self._retention = timedelta(days=retention_days)

    def reserve(self, *, max_queued: int) -> str:
        """A place in the queue for an upload that is about to come in, and the id of its job.

        Raises:
            QueueFullError: `max_queued` jobs wait, run or come in already.
        """
        job_id = secrets.token_urlsafe(24)
        row = {**_EMPTY, "id": job_id, "state": RECEIVING, "created_at": _now()}
        columns = [jobs.c[name] for name in row]
        waiting = sa.select(sa.func.count()).select_from(jobs).where(jobs.c.state.not_in(ENDED)).scalar_subquery()
        values = sa.select(*(sa.literal(value, column.type) for value, column in zip(row.values(), columns, strict=True))).where(waiting < max_queued)
        with self._transaction() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("LOCK TABLE jobs IN SHARE ROW EXCLUSIVE MODE"))
            taken = connection.execute(sa.insert(jobs).from_select(columns, values)).rowcount
        if not taken:
            raise QueueFullError(f"{max_queued} jobs wait already, which is the limit here. Send this one again after the time in 'Retry-After'.")
        return job_id

    def enqueue(self, job_id: str, *, options: JobOptions, files: int, upload_bytes: int) -> Job:
        """The upload is complete; the job waits for its turn."""
        self._change(job_id, RECEIVING, state="queued", options=options.model_dump(mode="json"), files=files, upload_bytes=upload_bytes)
        return self.get(job_id)

    def get(self, job_id: str) -> Job:
        """The job as it is now.

        Raises:
            UnknownJobError: there is none, or its upload is not complete.
        """
        with self._transaction() as connection:
            row = connection.execute(sa.select(jobs).where(jobs.c.id == job_id, jobs.c.state != RECEIVING)).one_or_none()
        if row is None:
            raise UnknownJobError
        return _job(row)

    def newest(self) -> list[Job]:
        """At most `MAX_LISTED` jobs, newest first."""
        with self._transaction() as connection:
            query = sa.select(jobs).where(jobs.c.state != RECEIVING).order_by(jobs.c.created_at.desc(), jobs.c.id).limit(MAX_LISTED)
            return [_job(row) for row in connection.execute(query)]

    def claim(self) -> Job | None:
        """The job that waits longest, now running; None when none waits."""
        with self._transaction() as connection:
            query = sa.select(jobs.c.id).where(jobs.c.state == "queued").order_by(jobs.c.created_at, jobs.c.id).limit(1)
            job_id = connection.execute(query).scalar_one_or_none()
        if job_id is None or not self._change(job_id, "queued", state="running", started_at=sa.func.coalesce(jobs.c.started_at, _literal_now())):
            return None
        return self.get(job_id)

    def progress(self, job_id: str, *, done: int, failed: int, total: int | None) -> bool:
        """Note how far a running job is. True: it shall stop."""
        if not self._change(job_id, "running", rows_done=done, rows_failed=failed, rows_total=total):
            return True
        return self.get(job_id).cancel_requested

    def finish(self, job_id: str, state: State, *, code: str | None = None, message: str | None = None) -> bool:
        """End a running job; false if it had ended before."""
        now = _now()
        return self._change(job_id, "running", state=state, code=code, message=message, ended_at=now, expires_at=now + self._retention)

    def request_cancel(self, job_id: str) -> Job:
        """A waiting job is cancelled at once, a running one as soon as its worker hears of it; one that has ended stays as it is."""
        now = _now()
        if not self._change(job_id, "queued", state="cancelled", cancel_requested=True, ended_at=now, expires_at=now + self._retention):
            self._change(job_id, "running", cancel_requested=True)
        return self.get(job_id)

    def requeue_running(self) -> int:
        """Jobs that ran when the service was killed wait again, with their places kept; how many."""
        with self._transaction() as connection:
            query = sa.update(jobs).where(jobs.c.state == "running").values(state="queued", version=jobs.c.version + 1)
            return connection.execute(query).rowcount

    def note_crash(self, job_id: str) -> None:
        """The worker died: the job waits again, and fails at the third time."""
        self._change(job_id, "running", crashes=jobs.c.crashes + 1)
        with self._transaction() as connection:
            crashes = connection.execute(sa.select(jobs.c.crashes).where(jobs.c.id == job_id)).scalar_one_or_none() or 0
        if crashes < MAX_CRASHES:
            self._change(job_id, "running", state="queued")
            return
        message = f"The scoring stopped unexpectedly {MAX_CRASHES} times. Send the files in smaller parts; more memory may help."
        self.finish(job_id, "failed", code="worker_stopped", message=message)

    def delete(self, job_id: str) -> bool:
        """Forget a job; false if it is queued or running, which it then stays."""
        with self._transaction() as connection:
            return connection.execute(sa.delete(jobs).where(jobs.c.id == job_id, jobs.c.state.in_((*ENDED, RECEIVING)))).rowcount > 0

    def delete_expired(self) -> int:
        """Forget what is past its retention; how many."""
        with self._transaction() as connection:
            return connection.execute(sa.delete(jobs).where(jobs.c.expires_at < _now())).rowcount

    def states(self) -> dict[str, str]:
        """The state of every job, receiving ones included, by id."""
        with self._transaction() as connection:
            return {job_id: state for job_id, state in connection.execute(sa.select(jobs.c.id, jobs.c.state))}

    def close(self) -> None:
        self._engine.dispose()

    def _change(self, job_id: str, before: str, **values: Any) -> bool:
        """One guarded step: true if the job was in the state `before`."""
        query = sa.update(jobs).where(jobs.c.id == job_id, jobs.c.state == before).values(version=jobs.c.version + 1, **values)
        with self._transaction() as connection:
            return connection.execute(query).rowcount > 0

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise StorageError("The database of the jobs cannot be used now. Try again in a while; the log of the service says more.") from error


_EMPTY: dict[str, Any] = {
    "version": 0, "options": {}, "files": 0, "upload_bytes": 0, "rows_done": 0, "rows_failed": 0, "cancel_requested": False, "crashes": 0,
}  # fmt: skip


def _job(row: sa.Row[Any]) -> Job:
    values = dict(row._mapping)
    values.pop("crashes")
    return Job(**{**values, "options": JobOptions.model_validate(values["options"])})


def _now() -> datetime:
    return datetime.now(UTC)


def _literal_now() -> sa.ColumnElement[datetime]:
    return sa.literal(_now(), jobs.c.started_at.type)
