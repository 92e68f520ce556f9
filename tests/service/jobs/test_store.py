from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from service.jobs.errors import QueueFullError, StorageError, UnknownJobError
from service.jobs.options import JobOptions
from service.jobs.store import MAX_CRASHES, JobStore, connect
from service.jobs.tables import jobs

OPTIONS = JobOptions.model_validate({"title": "April", "mapping": {"text": "Narrative", "keep": ["Site"]}})


def queue(store, max_queued=10):
    return store.enqueue(store.reserve(max_queued=max_queued), options=OPTIONS, files=1, upload_bytes=3_000_000_000)


def test_a_job_comes_back_as_it_was_put_in(store):
    job = queue(store)
    assert (job.state, job.options, job.upload_bytes, job.rows_total) == ("queued", OPTIONS, 3_000_000_000, None)
    assert datetime.now(UTC) - job.created_at < timedelta(minutes=1)
    assert len(job.id) >= 32


def test_an_upload_that_is_coming_in_counts_and_is_not_shown(store):
    job_id = store.reserve(max_queued=1)
    assert store.newest() == []
    with pytest.raises(UnknownJobError):
        store.get(job_id)
    with pytest.raises(QueueFullError, match="1 jobs"):
        store.reserve(max_queued=1)


def test_many_at_once_never_pass_the_limit(store):
    def reserve(_):
        try:
            return store.reserve(max_queued=3)
        except QueueFullError:
            return None

    with ThreadPoolExecutor(8) as threads:
        assert sum(each is not None for each in threads.map(reserve, range(16))) == 3


def test_the_oldest_is_claimed_first_and_only_once(store):
    first, second = queue(store), queue(store)
    assert [store.claim().id, store.claim().id, store.claim()] == [first.id, second.id, None]
    assert store.get(first.id).started_at is not None


def test_every_change_makes_a_new_version(store):
    job = queue(store)
    versions = [job.version, store.claim().version]
    store.progress(job.id, done=5, failed=1, total=10)
    versions.append(store.get(job.id).version)
    store.finish(job.id, "done")
    versions.append(store.get(job.id).version)
    assert versions == sorted(set(versions))


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_is_told(store):
    waiting, running = queue(store), None
    assert store.request_cancel(waiting.id).state == "cancelled"
    running = queue(store)
    store.claim()
    assert store.request_cancel(running.id).state == "running"
    assert store.progress(running.id, done=1, failed=0, total=None) is True


def test_a_job_that_ended_stays_as_it_ended(store):
    job = queue(store)
    store.claim()
    assert store.finish(job.id, "done")
    assert not store.finish(job.id, "failed")
    assert store.request_cancel(job.id).state == "done"


def test_jobs_that_ran_at_a_kill_wait_again_in_their_old_place(store):
    first, _ = queue(store), queue(store)
    store.claim()
    assert store.requeue_running() == 1
    assert store.claim().id == first.id


def test_a_worker_that_dies_again_and_again_ends_the_job(store):
    job = queue(store)
    states = []
    for _ in range(MAX_CRASHES):
        store.claim()
        store.note_crash(job.id)
        states.append(store.get(job.id).state)
    assert states == ["queued", "queued", "failed"]
    assert "smaller parts" in store.get(job.id).message


def test_only_an_ended_job_is_deleted_and_only_an_expired_one_expires(store, engine):
    job = queue(store)
    assert not store.delete(job.id)
    store.request_cancel(job.id)
    assert store.delete_expired() == 0
    with engine.begin() as connection:
        connection.execute(sa.update(jobs).values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert store.delete_expired() == 1
    with pytest.raises(UnknownJobError):
        store.get(job.id)


def test_a_database_that_is_away_is_one_clear_error():
    store = JobStore(connect("postgresql://nobody@127.0.0.1:9/none"), retention_days=1)
    with pytest.raises(StorageError, match="cannot be used now"):
        store.newest()
