"""Where batches of rows are scored: in this process, in a pool of processes with an analyser each, or on Spark. Answers come in the order of the batches."""

import gc
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context, parent_process
from threading import Thread

import pyarrow as pa

from nlp.analyzer import Analyzer
from nlp.errors import SecondStoryError
from nlp.report import Versions
from service.batch.options import BatchOptions
from service.batch.scoring import Tables, score_table
from service.wiring import Choice, build_analyzer

# Batches under way for each worker: enough that none waits, few enough that memory stays constant.
AHEAD = 3
# Characters that an analyser reads before it is made anew: about ten minutes' work, for the two seconds that loading takes.
RENEW_AFTER = 20_000_000


class WorkerLostError(SecondStoryError):
    """A worker process ended by itself."""

    code = "worker_lost"


@dataclass(frozen=True, slots=True)
class Engine:
    """What scores: `versions` says with what, `score_all` gives the tables of every batch in order."""

    versions: Versions
    score_all: Callable[[Iterable[pa.RecordBatch]], Iterator[Tables]]


@contextmanager
def open_engine(options: BatchOptions) -> Iterator[Engine]:
    """The engine that the options name; it ends with the block.

    Raises:
        UnreadableInputError: the detector is not there, or Spark is asked for and not installed.
    """
    if options.engine == "spark":
        from service.batch.spark import spark_engine

        yield spark_engine(options)
        return
    workers = options.workers or cores()
    if workers == 1:
        score = partial(score_in_process, options.detector, cores(), options.with_text)
        try:
            yield Engine(versions_in_process(options.detector, cores()), partial(map, score))
        finally:
            HELD.drop()
        return
    with _pool(workers) as pool:
        threads = max(1, cores() // workers)
        versions = pool.submit(versions_in_process, options.detector, threads).result()
        yield Engine(versions, partial(_score_ahead, pool, options, threads, AHEAD * workers))


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Fresh processes, so that no thread or lock of a caller is inherited."""
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_end_with_parent)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _score_ahead(pool: ProcessPoolExecutor, options: BatchOptions, threads: int, ahead: int, batches: Iterable[pa.RecordBatch]) -> Iterator[Tables]:
    waiting: deque[Future[Tables]] = deque()
    try:
        for batch in batches:
            waiting.append(pool.submit(score_in_process, options.detector, threads, options.with_text, batch))
            if len(waiting) == ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise WorkerLostError(
            "A worker process was ended, perhaps for want of memory. What is written is kept: run again with --resume and fewer --workers."
        ) from error


def _end_with_parent() -> None:
    """A worker whose parent was killed ends too, instead of waiting for ever."""
    Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class HeldAnalyzer:
    """The analyser of a process, loaded once and made anew after `RENEW_AFTER` characters, as spaCy remembers every word that it ever saw."""

    def __init__(self) -> None:
        self._chosen: tuple[Choice, int] | None = None
        self._analyzer: Analyzer | None = None
        self._characters = 0

    def get(self, detector: Choice, threads: int) -> Analyzer:
        """The analyser with this detector."""
        if self._analyzer is None or self._chosen != (detector, threads) or self._characters > RENEW_AFTER:
            self.drop()
            self._analyzer, self._chosen = build_analyzer(detector, threads=threads, suggest=False), (detector, threads)
        return self._analyzer

    def drop(self) -> None:
        """Let go of it."""
        self._analyzer, self._chosen, self._characters = None, None, 0
        gc.collect()

    def score(self, detector: Choice, threads: int, with_text: bool, rows: pa.RecordBatch) -> Tables:
        """The tables of these rows."""
        tables = score_table(self.get(detector, threads), rows, with_text=with_text)
        self._characters += sum(tables.documents["characters"].to_pylist())
        return tables


HELD = HeldAnalyzer()


def versions_in_process(detector: Choice, threads: int) -> Versions:
    """What the analyser of this process is."""
    return HELD.get(detector, threads).versions


def score_in_process(detector: Choice, threads: int, with_text: bool, rows: pa.RecordBatch) -> Tables:
    """The tables of these rows, by the analyser of this process."""
    return HELD.score(detector, threads, with_text, rows)
