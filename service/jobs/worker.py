"""The process that scores one job. The supervisor starts it with its orders on standard input and keeps that pipe open: when it closes, the service is gone
and this process ends too, with every process that it started. Progress goes to the database; nothing of a report goes anywhere but into the tables."""

import logging
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from filelock import FileLock

from nlp.errors import SecondStoryError, UnreadableInputError
from service.batch.engines import WorkerLostError
from service.batch.run import run_batch
from service.jobs.errors import StorageError
from service.jobs.folders import JobFolders
from service.jobs.job import Job
from service.jobs.orders import Orders
from service.jobs.store import JobStore, connect
from service.logs import configure

logger = logging.getLogger(__name__)
LOCK_SECONDS = 60
PROGRESS_SECONDS = 0.5
NICENESS = 10


class CancelledError(Exception):
    """Raised inside the batch run when the job shall stop."""


def main() -> None:
    """Read the orders, score, end."""
    orders = Orders.model_validate_json(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_service, daemon=True).start()
    configure()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    folders = JobFolders(orders.data_directory)
    store = JobStore(connect(orders.database_url), retention_days=orders.retention_days)
    with FileLock(folders.lock(orders.job_id), timeout=LOCK_SECONDS):
        score(store.get(orders.job_id), store=store, folders=folders, workers=orders.workers)
    store.close()


def score(job: Job, *, store: JobStore, folders: JobFolders, workers: int) -> None:
    """Run the batch engine over the job's uploads and note how it ended."""
    noted = Progress(job, store)
    run = folders.run(job.id)
    try:
        _run(job, folders=folders, workers=workers, on_progress=noted)
    except CancelledError:
        store.finish(job.id, "cancelled")
    except WorkerLostError:
        logger.error("job_process_lost", extra={"job": job.id})
        sys.exit(1)  # the supervisor starts it again, where it was
    except SecondStoryError as error:
        store.finish(job.id, "failed", code=error.code, message=str(error))
    except Exception as error:
        logger.exception("job_failed %s", type(error).__name__, extra={"job": job.id})
        message = f"Something went wrong on our side ({type(error).__name__}). Nothing is kept; please try again."
        store.finish(job.id, "failed", code="internal", message=message)
    else:
        noted.flush()
        store.finish(job.id, "done", message=_write_report(job, folders))
        folders.delete_uploads(job.id)
        return
    folders.delete_uploads(job.id)
    shutil.rmtree(run, ignore_errors=True)


class Progress:
    """What the batch engine calls after each step: notes it twice a second, and stops the run when the job is cancelled."""

    def __init__(self, job: Job, store: JobStore) -> None:
        self._job, self._store = job, store
        self._next = 0.0
        self._latest: tuple[int, int, int | None] | None = None

    def __call__(self, done: int, failed: int, total: int | None) -> None:
        self._latest = (done, failed, total)
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + PROGRESS_SECONDS
            if self.flush():
                raise CancelledError

    def flush(self) -> bool:
        """Note the latest figures; true if the job shall stop. A database that is away for a moment does not stop it."""
        if self._latest is None:
            return False
        done, failed, total = self._latest
        with suppress(StorageError):
            return self._store.progress(self._job.id, done=done, failed=failed, total=total)
        return False


def _run(job: Job, *, folders: JobFolders, workers: int, on_progress: Callable[[int, int, int | None], None]) -> None:
    run, inputs = folders.run(job.id), folders.inputs(job.id)
    if run.exists():
        try:
            run_batch(inputs, run, options=job.options.for_batch(workers=workers, resume=True), on_progress=on_progress)
        except UnreadableInputError:  # it was begun with another version of the product: begin again
            shutil.rmtree(run)
        else:
            return
    run_batch(inputs, run, options=job.options.for_batch(workers=workers), on_progress=on_progress)


def _write_report(job: Job, folders: JobFolders) -> str | None:
    """The page with plots beside the tables; a sentence why there is none, which does not undo the scoring."""
    from service.trends.report import ReportOptions, build_report  # loads the plotting libraries, which the scoring does not need

    path = folders.report(job.id)
    aside = path.with_suffix(".tmp")
    try:
        aside.write_text(build_report([folders.run(job.id)], options=ReportOptions(audits=job.options.audits)), encoding="utf-8")
    except SecondStoryError as error:
        return f"The tables are whole, but there is no report: {error}"
    except Exception as error:
        logger.exception("report_failed %s", type(error).__name__, extra={"job": job.id})
        return f"The tables are whole, but the report could not be made ({type(error).__name__}). 'secondstory report' on the tables may help."
    aside.replace(path)
    return None


def _end_with_the_service() -> None:
    while os.read(0, 1):
        pass
    if hasattr(os, "killpg"):
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    main()
