"""The command `secondstory batch`. What is heavy is loaded when the command runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from service.batch.estimate import Estimate
    from service.batch.options import BatchOptions

SOME_FAILED = 3
COLUMNS = "Columns"


def batch(
    inputs: Annotated[list[Path], typer.Argument(help="Tables (.csv .xlsx .jsonl .parquet), documents (.txt .md .docx .pdf), folders, .zip; also packed.")],
    output: Annotated[Path, typer.Option(help="The folder to write into.")],
    profile: Annotated[str | None, typer.Option(help="A saved column map: a name that ships, or a .toml file.", rich_help_panel=COLUMNS)] = None,
    text: Annotated[str | None, typer.Option(help="Column of the report's text ('text' if not given).", rich_help_panel=COLUMNS)] = None,
    report_id: Annotated[str | None, typer.Option("--id", help="Column of the report's id.", rich_help_panel=COLUMNS)] = None,
    date: Annotated[str | None, typer.Option(help="Column of the date.", rich_help_panel=COLUMNS)] = None,
    date_format: Annotated[str | None, typer.Option(help="How dates are written if not 2026-03-31, for instance %d/%m/%Y.", rich_help_panel=COLUMNS)] = None,
    unit: Annotated[str | None, typer.Option(help="Column of the unit or place.", rich_help_panel=COLUMNS)] = None,
    kind: Annotated[str | None, typer.Option("--type", help="Column of the kind of incident.", rich_help_panel=COLUMNS)] = None,
    severity: Annotated[str | None, typer.Option(help="Column of the severity.", rich_help_panel=COLUMNS)] = None,
    staff_group: Annotated[str | None, typer.Option(help="Column of the staff group.", rich_help_panel=COLUMNS)] = None,
    keep: Annotated[list[str] | None, typer.Option(help="A further column to carry along; may be given again.", rich_help_panel=COLUMNS)] = None,
    encoding: Annotated[str, typer.Option(help="Encoding of text tables.", rich_help_panel=COLUMNS)] = "utf-8",
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; the first if not given.", rich_help_panel=COLUMNS)] = None,
    detector: Annotated[Literal["released", "rules", "model", "hybrid"], typer.Option(help="Which detector; 'released' is the best measured.")] = "released",
    workers: Annotated[int, typer.Option(help="Worker processes; 0 is one a core.", min=0)] = 0,
    engine: Annotated[Literal["local", "spark"], typer.Option(help="Where to score; the tables are the same.")] = "local",
    csv: Annotated[bool, typer.Option("--csv", help="Write each table as one CSV file, too.")] = False,
    with_text: Annotated[bool, typer.Option("--with-text", help="Keep the reports' text in the documents table.")] = False,
    rows_per_part: Annotated[int, typer.Option(help="Records in a part; a killed run repeats one part at most.", min=1)] = 1000,
    max_characters: Annotated[int, typer.Option(help="Longest text; a longer one is an error, never cut.", min=1)] = 200_000,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many, how long and what would be skipped.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was stopped.")] = False,
) -> None:
    """Score many reports into tables: documents, sentences, findings and errors. It can be stopped at any moment and resumed."""
    from service.batch.options import BatchOptions, ColumnMap
    from service.batch.profiles import merged, read_profile

    mapping = read_profile(profile).mapping() if profile else ColumnMap()
    options = BatchOptions(
        mapping=merged(
            mapping, text=text, report_id=report_id, date=date, date_format=date_format, unit=unit, type=kind, severity=severity,
            staff_group=staff_group, keep=tuple(keep or ()),
        ),
        detector=detector, workers=workers, engine=engine, csv=csv, with_text=with_text, rows_per_part=rows_per_part, max_characters=max_characters,
        encoding=encoding, sheet=sheet, resume=resume,
    )  # fmt: skip
    if dry_run:
        from service.batch.estimate import estimate

        _say(estimate(inputs, output, options=options))
        return
    _run(inputs, output, options)


def _run(inputs: list[Path], output: Path, options: "BatchOptions") -> None:
    from service.batch.run import run_batch

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), speed_estimate_period=120) as progress:
        task = progress.add_task("reading", total=None, rate="")

        def on_progress(done: int, errors: int, total: int | None) -> None:
            speed = progress.tasks[0].speed
            rate = f"{speed:.1f}/s, {errors} errors" if speed else f"{errors} errors"
            progress.update(task, completed=done, total=total, description="scoring", rate=rate)

        try:
            manifest = run_batch(inputs, output, options=options, on_progress=on_progress)
        except KeyboardInterrupt:
            typer.echo(f"Stopped. What is written in '{output}' is kept; the same command with --resume goes on.", err=True)
            raise typer.Exit(130) from None
    typer.echo(f"{manifest.documents:,} reports scored, {manifest.errors:,} records with an error, in '{output}'.")
    if manifest.errors:
        _say_faults(output)
        raise typer.Exit(SOME_FAILED)


def _say_faults(output: Path) -> None:
    from service.batch.parts import commonest_faults

    faults = commonest_faults(output)
    code, _, message = faults[0]
    typer.echo(f"Errors by code: {', '.join(f'{count:,} {code}' for code, count, _ in faults)}.", err=True)
    typer.echo(f"{code}: {message}", err=True)
    typer.echo(f"What was wrong with each, and what to do, is in '{output / 'errors'}'.", err=True)


def _say(found: "Estimate") -> None:
    typer.echo(f"{found.reports:,} reports in {found.files:,} files, {found.characters:,} characters.")
    if found.sampled:
        typer.echo(f"About {_span(found.seconds)} with {found.workers} workers, measured on {found.sampled} of them with nothing else running.")
    if found.skipped:
        counts = ", ".join(f"{count:,} {code}" for code, count in sorted(found.skipped.items()))
        typer.echo(f"Would be skipped, each with a row in the errors table: {counts}.")
        for fault in found.faults:
            typer.echo(f"  {fault.input}{f', record {fault.row}' if fault.row is not None else ''}: {fault.message}")


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"
