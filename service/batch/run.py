"""One batch run: read, score, write in parts. It may be killed at any moment; resumed, it ends with the same bytes as an unbroken one.

A part holds the outcome of a fixed number of records, so the parts that are there say how many records are done.
"""

import fcntl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

from nlp.errors import UnreadableInputError
from service.batch.engines import Engine, open_engine
from service.batch.formats import MissingColumnError
from service.batch.manifest import MANIFEST, RunManifest
from service.batch.options import BatchOptions
from service.batch.parts import PartWriter, complete_parts, log_line, prepare, table_rows, write_csv, write_whole, written_parts
from service.batch.reading import InputFile, find_inputs, read_rows
from service.batch.rows import Row, in_batches
from service.batch.scoring import NAMES

LOG = "run.log.jsonl"
# So many records that fail alike at the start stop a run, and where there are fewer in all, so many.
HEAD, FEW = 100, 10
Progress = Callable[[int, int, int | None], None]


def run_batch(inputs: Sequence[Path], output: Path, *, options: BatchOptions | None = None, on_progress: Progress | None = None) -> RunManifest:
    """Score every record of the inputs into `output`. `on_progress(done, errors, total)` is told after every batch; what it raises stops the run, resumable.

    A script that calls this with more than one worker needs the usual `if __name__ == "__main__":`.

    Raises:
        UnreadableInputError: an input or a column is not there, `output` is not empty, or a run to resume had other inputs or options.
        WorkerLostError: a worker process was ended; run again with `resume`.
    """
    options = options or BatchOptions()
    files = find_inputs(inputs, output)
    _refuse_leftovers(output, options)
    with _locked(output), open_engine(options) as engine:
        manifest = RunManifest.begun([each.digest() for each in files], options, engine.versions)
        _same_run(output, manifest)
        total = count_records(files, options)
        first = complete_parts(output)
        prepare(output, first=first)
        write_whole(output / MANIFEST, manifest.save) if not (output / MANIFEST).is_file() else None
        began, done = time.time(), min(first * options.rows_per_part, total)
        log_line(output / LOG, event="begun", at=began, done=done, total=total, engine=options.engine, workers=options.workers)
        _score(files, output, options, engine, on_progress or (lambda *_: None), total)
        finished = _finish(output, manifest, options)
        log_line(output / LOG, event="finished", at=time.time(), seconds=time.time() - began, scored=total - done, errors=finished.errors)
    return finished


def count_records(files: Sequence[InputFile], options: BatchOptions) -> int:
    """The records of all inputs, by reading them without scoring.

    Raises:
        MissingColumnError: no record can be read, as the mapped columns are nowhere; the message names those that are.
        UnreadableInputError: the first `HEAD` records, or all of fewer, have the same fault, a fault of map or export; texts may be empty.
    """
    total, missing, readable = 0, "", False
    head: list[Row] = []
    for row in read_rows(files, options, documents=False):
        total += 1
        if len(head) < HEAD and row.row is not None:
            head.append(row)
            if len(head) == HEAD:
                _refuse_alike(head)
        if row.code is None:
            readable = True
        elif row.code == MissingColumnError.code:
            missing = missing or f"{row.input}: {row.message}"
    if missing and not readable:
        raise MissingColumnError(missing)
    if len(head) >= FEW:
        _refuse_alike(head)
    return total


def _refuse_alike(head: Sequence[Row]) -> None:
    if head[0].code not in {None, MissingColumnError.code, "empty_text"} and len({row.code for row in head}) == 1:
        raise UnreadableInputError(f"Nothing is scored, as the first {len(head)} records all have the same fault ({head[0].code}). {head[0].message}")


def _score(files: Sequence[InputFile], output: Path, options: BatchOptions, engine: Engine, on_progress: Progress, total: int) -> None:
    size, first = options.rows_per_part, complete_parts(output)
    done = first * size
    errors = table_rows(output, "errors")
    if done >= total and first:
        return
    writer = PartWriter(output, with_text=options.with_text, first=first)
    rows = islice(read_rows(files, options), done, None)
    on_progress(done, errors, total)
    for tables in engine.score_all(in_batches(rows, rows_per_part=size)):
        writer.add(tables)
        done += len(tables.documents) + len(tables.errors)
        errors += len(tables.errors)
        if done % size == 0:
            writer.close_part()
            log_line(output / LOG, event="part", at=time.time(), done=done, errors=errors)
        on_progress(done, errors, total)
    if done % size or not total:
        writer.close_part()


def _finish(output: Path, manifest: RunManifest, options: BatchOptions) -> RunManifest:
    if options.csv:
        for name in NAMES:
            write_csv(output, name, options.mapping.keep)
    documents, errors = table_rows(output, "documents"), table_rows(output, "errors")
    parts = tuple(written_parts(output))
    finished = replace(manifest, complete=True, records=documents + errors, documents=documents, errors=errors, parts=parts)
    write_whole(output / MANIFEST, finished.save)
    return finished


def _refuse_leftovers(output: Path, options: BatchOptions) -> None:
    if output.exists() and not output.is_dir():
        raise UnreadableInputError(f"'{output}' is a file. Name a folder with --output.")
    there = {each.name for each in output.iterdir()} - {LOG} if output.is_dir() else set()
    if there and not options.resume:
        raise UnreadableInputError(f"The folder '{output}' is not empty. Name an empty one, or go on with a stopped run with --resume.")
    if there - {*NAMES, f"{MANIFEST}.tmp"} and MANIFEST not in there:
        raise UnreadableInputError(f"The folder '{output}' holds no run to resume: {MANIFEST} is missing. Name an empty folder.")


def _same_run(output: Path, manifest: RunManifest) -> None:
    if not (output / MANIFEST).is_file():
        return
    changes = RunManifest.load(output / MANIFEST).changes_to(manifest)
    if changes:
        raise UnreadableInputError(f"The run in '{output}' cannot be resumed, as this has changed: {'; '.join(changes)}. Restore it, or write elsewhere.")


@contextmanager
def _locked(output: Path) -> Iterator[None]:
    """One run a folder at a time; the lock ends with the process, however that ends."""
    output.mkdir(parents=True, exist_ok=True)
    with (output / LOG).open("a", encoding="utf-8") as log:
        try:
            fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UnreadableInputError(f"Another run is writing into '{output}'. Wait for it, or name another folder.") from error
        yield
