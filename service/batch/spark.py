"""The same scoring on Spark (`pip install 'secondstory[spark]'`, Java 17): batches of rows go out as Arrow bytes through `mapInPandas`, tables come back.

The driver reads the inputs and writes the parts with the same code as the local engine, so the files are the same bytes. Who has the reports in
a data frame already calls `score_dataframe`. Every Python worker of an executor loads its analyser once.
"""

import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from nlp.errors import SecondStoryError, UnreadableInputError
from service.batch.engines import Engine, score_in_process, versions_in_process
from service.batch.formats import Values
from service.batch.options import BatchOptions
from service.batch.reading import as_row
from service.batch.rows import as_batch
from service.batch.scoring import NAMES, Tables, schemas, scored_by
from service.wiring import build_analyzer

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame, SparkSession

# A wave is one Spark job. Two are under way, so that no core waits for the last batch of a wave.
BATCHES_A_CORE = 4
WAVES = 2
ANSWER = "place int, instrument string, " + ", ".join(f"{name} binary" for name in NAMES)


class ExecutorError(SecondStoryError):
    """An executor has another installation than the driver."""

    code = "executor"


def spark_engine(options: BatchOptions) -> Engine:
    """An engine on the session that is active, or that `spark-submit` or the defaults give.

    Raises:
        UnreadableInputError: PySpark is not installed.
    """
    versions = build_analyzer(options.detector, threads=1, suggest=False).versions
    session = _session(options)
    return Engine(versions, lambda batches: _waves(session, options, scored_by(versions), batches))


def score_dataframe(frame: "DataFrame", *, row: str, name: str = "dataframe", options: BatchOptions | None = None) -> "DataFrame":
    """The columns of the documents table, with `findings_table` and `sentences_table` as arrays, and `code` and `message` where a record was not scored.

    `row` is a column that numbers the records; with `name` and the text it makes the `row_id`, as record number and input name do for files.
    """
    from pyspark.sql import functions

    options = options or BatchOptions()
    missing = [column for column in (row, *options.mapping.columns()) if column.partition(".")[0] not in frame.columns and column not in frame.columns]
    if missing:
        raise UnreadableInputError(f"There is no column {', '.join(map(repr, missing))}. The columns are: {', '.join(frame.columns)}.")
    wanted = {column: functions.col(f"`{column}`" if column in frame.columns else column) for column in options.mapping.columns()}
    chosen = [functions.col(f"`{row}`").cast("long").alias("row"), *(value.cast("string").alias(f"c{at}") for at, value in enumerate(wanted.values()))]
    columns = list(wanted)
    return frame.select(*chosen).mapInPandas(lambda frames: _score_frames(frames, name, columns, options), schema=_scored_schema(options))


def _session(options: BatchOptions) -> "SparkSession":
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise UnreadableInputError("Spark is not installed. Install 'secondstory[spark]' and Java 17, or leave --engine out.") from error
    builder = SparkSession.builder.appName("secondstory")
    if "PYSPARK_GATEWAY_PORT" not in os.environ and SparkSession.getActiveSession() is None:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = builder.config("spark.ui.enabled", "false")
        if options.workers:
            builder = builder.master(f"local[{options.workers},4]")
    return builder.getOrCreate()


def _waves(session: "SparkSession", options: BatchOptions, instrument: str, batches: Iterable[pa.RecordBatch]) -> Iterator[Tables]:
    size = BATCHES_A_CORE * session.sparkContext.defaultParallelism
    waiting: deque[Future[list[Tables]]] = deque()
    source = iter(batches)
    with ThreadPoolExecutor(WAVES) as driver:
        while wave := list(islice(source, size)):
            waiting.append(driver.submit(_score_wave, session, options, instrument, wave))
            if len(waiting) == WAVES:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _score_wave(session: "SparkSession", options: BatchOptions, instrument: str, wave: list[pa.RecordBatch]) -> list[Tables]:
    """The tables of these batches, in their order; one task a batch."""
    rows = session.sparkContext.parallelize([(place, _packed(batch)) for place, batch in enumerate(wave)], len(wave))
    detector, with_text = options.detector, options.with_text
    frame = session.createDataFrame(rows, "place int, rows binary")
    answers = sorted(frame.mapInPandas(lambda frames: _score_packed(frames, detector, with_text), schema=ANSWER).collect(), key=lambda answer: answer.place)
    for answer in answers:
        if answer.instrument != instrument:
            raise ExecutorError(f"An executor scores with {answer.instrument} and the driver with {instrument}. Install the same version on both.")
    return [Tables(**{name: _unpacked(answer[name]) for name in NAMES}) for answer in answers]


def _score_packed(frames: "Iterator[pd.DataFrame]", detector: Any, with_text: bool) -> "Iterator[pd.DataFrame]":
    import pandas as pd

    for frame in frames:
        for place, rows in zip(frame["place"], frame["rows"], strict=True):
            tables = score_in_process(detector, 1, with_text, _unpacked(rows))
            instrument = scored_by(versions_in_process(detector, 1))
            yield pd.DataFrame({"place": [place], "instrument": [instrument], **{name: [_packed(getattr(tables, name))] for name in NAMES}})


def _score_frames(frames: "Iterator[pd.DataFrame]", name: str, columns: list[str], options: BatchOptions) -> "Iterator[pd.DataFrame]":
    import pandas as pd

    fields = _scored_schema(options).fieldNames()
    for frame in frames:
        rows = []
        for number, *cells in frame.itertuples(index=False):
            values: Values = {column: cell if isinstance(cell, str) else None for column, cell in zip(columns, cells, strict=True)}
            rows.append(as_row(name, int(number), values, options))
        scored = score_in_process(options.detector, 1, options.with_text, as_batch(rows))
        inside: dict[str, dict[str, list[dict[str, Any]]]] = {"sentences": {}, "findings": {}}
        for table, by_row in inside.items():
            for each in getattr(scored, table).to_pylist():
                by_row.setdefault(each.pop("row_id"), []).append(each)
        found = [
            {**each, "columns": dict(each["columns"]), **{f"{table}_table": by_row.get(each["row_id"], []) for table, by_row in inside.items()}}
            for each in scored.documents.to_pylist()
        ]
        yield pd.DataFrame([*found, *scored.errors.to_pylist()], columns=fields, dtype=object).where(lambda table: table.notna(), None)


def _scored_schema(options: BatchOptions) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema

    tables = schemas(with_text=options.with_text)
    inside = [
        pa.field(f"{name}_table", pa.list_(pa.struct([each.with_nullable(True) for each in tables[name] if each.name != "row_id"])))
        for name in ("sentences", "findings")
    ]
    fault = [pa.field("code", pa.string()), pa.field("message", pa.string())]
    return from_arrow_schema(pa.schema([*(each.with_nullable(True) for each in tables["documents"]), *inside, *fault]))


def _packed(batch: pa.RecordBatch) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())


def _unpacked(content: bytes) -> pa.RecordBatch:
    with pa.ipc.open_stream(content) as reader:
        return reader.read_next_batch()
