"""The commands `secondstory report`, `sample` and `sample-score`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

Period = StrEnum("Period", [("AUTO", "auto"), ("MONTH", "month"), ("QUARTER", "quarter"), ("YEAR", "year")])
PERIODS: dict[str, Literal["month", "quarter", "year"]] = {"month": "month", "quarter": "quarter", "year": "year"}
Runs = Annotated[list[Path], typer.Argument(help="One or more run folders; several are read together.")]
Run = Annotated[Path, typer.Argument(help="A run folder.")]
Texts = Annotated[list[Path] | None, typer.Option("--texts", help="A scored file or folder, to show words where the run holds no text. May be repeated.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(report)
    app.command()(sample)
    app.command("sample-score")(sample_score)


def report(
    run_dirs: Runs,
    output: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("report.html"),
    period: Annotated[Period, typer.Option(help="Points over time; 'auto' takes the shortest with 10 reports or more in most.")] = Period.AUTO,
    audit: Annotated[list[str] | None, typer.Option(help="A column for an equity audit: staff_group or any kept column. May be repeated.")] = None,
    check: Annotated[Path | None, typer.Option(help="A check written by sample-score, to correct the share for the tool's errors.")] = None,
    texts: Texts = None,
    title: Annotated[str, typer.Option(help="The title of the report.")] = "What the wording of reports shows",
    seed: Annotated[int, typer.Option(help="Seed of the random draw of passages.")] = 0,
) -> None:
    """Write what runs show as one HTML page: over time, by kind, by group, with intervals; never a ranking."""
    from service.trends.report import ReportOptions, build_report

    options = ReportOptions(
        title=title,
        period=PERIODS.get(period),
        audits=tuple(audit or ()),
        check=check,
        texts=tuple(texts or ()),
        seed=seed,
    )
    output.write_text(build_report(run_dirs, options=options), encoding="utf-8")
    typer.echo(f"Written: {output}", err=True)


def sample(
    run_dir: Run,
    output: Annotated[Path, typer.Option(help="The CSV sheet to write.")] = Path("sample.csv"),
    size: Annotated[int, typer.Option(help="How many reports people will read.")] = 100,
    texts: Texts = None,
    seed: Annotated[int, typer.Option(help="Seed of the random draw.")] = 0,
) -> None:
    """Draw reports for people to read: half marked, half not, over the years. They fill in `blame` with yes or no."""
    from service.trends.passages import texts_of
    from service.trends.runs import read_runs
    from service.trends.sample import draw_sample, write_sheet

    runs = read_runs([run_dir])
    drawn = draw_sample(runs, size=size, seed=seed)
    held = texts_of(runs, drawn["row_id"].to_pylist(), texts or [])
    output.write_text(write_sheet(drawn, texts=held), encoding="utf-8", newline="")
    typer.echo(
        f"Written: {output}{' (it holds report text)' if held else ''}. Fill in the column 'blame' with yes or no; leave open what cannot be said.", err=True
    )
    if without := len(drawn) - len(held):
        typer.echo(f"{without} of {len(drawn)} reports stand there by id only, as their text is not at hand: give the scored files with --texts.", err=True)


def sample_score(
    run_dir: Run,
    sheet: Annotated[Path, typer.Argument(help="The sheet that 'secondstory sample' drew from this run, filled in.")],
    output: Annotated[Path, typer.Option(help="The JSON file to write, for 'secondstory report --check'.")] = Path("check.json"),
) -> None:
    """Measure the tool against what people read: sensitivity and specificity with intervals, weighted to the run."""
    from nlp.errors import UnreadableInputError
    from service.trends.runs import read_runs
    from service.trends.sample import save_check, score_sheet
    from service.trends.sections import share_words

    try:
        filled = sheet.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableInputError("The sheet is not UTF-8. Save it from the spreadsheet as 'CSV UTF-8'.") from error
    check = score_sheet(read_runs([run_dir]), filled)
    save_check(check, output)
    typer.echo(f"{check.read} reports read, {check.unanswered} left open.")
    typer.echo(f"Sensitivity {share_words(check.sensitivity)}; specificity {share_words(check.specificity)}.")
    for stratum, weight in check.weights.items():
        typer.echo(f"One read report stands for {weight:g} of the run: {stratum}.")
