"""The command line `secondstory`."""

import json
import sys
import webbrowser
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from importlib.metadata import entry_points
from pathlib import Path
from threading import Timer
from typing import Annotated, TextIO

import typer
import uvicorn
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from nlp.errors import SecondStoryError, UnreadableInputError
from nlp.jsonl import analyze_lines
from nlp.report import Analysis, Report
from nlp.taxonomy import load
from service.batch.command import batch
from service.documents import KINDS, read_document
from service.rendering import as_html, as_markdown, print_analysis, taxonomy_page
from service.settings import Settings
from service.trends.commands import register as register_trends

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
register_trends(app)
SOME_FAILED = 3


class Format(StrEnum):
    """How an analysis is written."""

    TERMINAL = "terminal"
    JSON = "json"
    JSONL = "jsonl"
    HTML = "html"
    MD = "md"


class Choice(StrEnum):
    """Which detector; the default is what was released as best."""

    RELEASED = "released"
    RULES = "rules"
    MODEL = "model"
    HYBRID = "hybrid"


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in a browser, if there is one.")] = False,
) -> None:
    """Start the service and its page."""
    from service.app import create_app
    from service.logs import configure

    configure()
    url = f"http://{host}:{port}/"
    typer.echo(f"Second Story on {url} (stop with Ctrl+C)")
    if open_page:
        Timer(2.0, webbrowser.open, [url]).start()
    uvicorn.run(create_app(), host=host, port=port, access_log=False, log_config=None, timeout_graceful_shutdown=5)


@app.command()
def analyze(
    file: Annotated[str, typer.Argument(help="A .txt, .md, .docx, .pdf or .jsonl file, a folder of them, or - for standard input.")],
    form: Annotated[Format, typer.Option("--format", help="How to write the analysis.")] = Format.TERMINAL,
    output: Annotated[str, typer.Option(help="Where to write; - for standard output.")] = "-",
    detector: Annotated[Choice, typer.Option(help="Which detector; 'released' is the best measured.")] = Choice.RELEASED,
) -> None:
    """Mark wording in reports. With `--format jsonl` the input is JSON lines with `id` and `text`, streamed."""
    with _clear_errors():
        if form is Format.JSONL and not Path(file).is_dir() and Path(file).suffix.lower() not in KINDS:
            _analyze_lines(file, output, detector)
            return
        from service.wiring import build_analyzer

        if Path(file).is_dir() and form in {Format.JSON, Format.HTML} and (output == "-" or Path(output).is_file()):
            raise UnreadableInputError(f"A folder gives one .{form} file a report. Name a folder with --output, or use --format jsonl or md for one file.")
        unread: list[str] = []
        reports = _reports(file, unread)
        analyzer = build_analyzer(detector.value, settings=Settings.from_environment())
        if Path(file).is_dir() and (form in {Format.JSON, Format.HTML} or Path(output).is_dir()):
            for report in reports:
                with _writing(str(_own_file(report, Path(output), form))) as out:
                    _write(report, analyzer.analyze(report), form, out)
        else:
            with _writing(output) as out:
                for report in reports:
                    _write(report, analyzer.analyze(report), form, out)
        if unread:
            typer.echo(f"Files that could not be read: {len(unread)}, named above. The others were analysed.", err=True)
            raise typer.Exit(SOME_FAILED)


@app.command()
def taxonomy(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    as_md: Annotated[bool, typer.Option("--md", help="As the Markdown of docs/taxonomy.md.")] = False,
) -> None:
    """The labels, what they mean and the standard behind each."""
    if as_json or as_md:
        typer.echo(json.dumps(asdict(load()), indent=1, ensure_ascii=False) if as_json else taxonomy_page(), nl=as_json)
        return
    table = Table("id", "name", "what it is", "standard", title=f"Taxonomy {load().version}", show_lines=True)
    for category in load().categories:
        table.add_row(category.id, category.name, category.summary, category.standard)
    Console().print(table)


def _analyze_lines(file: str, output: str, detector: Choice) -> None:
    from service.wiring import build_analyzer

    if file != "-" and output != "-" and Path(file).resolve() == Path(output).resolve():
        raise UnreadableInputError("Input and output are the same file. Write to another one.")
    analyzer = build_analyzer(detector.value, settings=Settings.from_environment())
    with _reading(file) as lines, _writing(output) as out:
        failed = 0
        columns = (SpinnerColumn(), TextColumn("{task.completed} reports"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("analyse", total=None)
            for line, fine in analyze_lines(lines, analyzer):
                out.write(line + "\n")
                failed += not fine
                progress.advance(task)
    if failed:
        typer.echo(f"{failed} lines could not be analysed; each has an 'error' in its place.", err=True)
        raise typer.Exit(SOME_FAILED)


def _reports(file: str, unread: list[str]) -> Iterator[Report]:
    """The reports of a file, of standard input or of a folder, whose broken files are told of, put in `unread` and passed over."""
    if file == "-":
        text, _ = read_document("stdin.txt", sys.stdin.buffer.read())
        return iter([Report("stdin", text)])
    path = Path(file)
    if not path.exists():
        raise UnreadableInputError(f"There is no file or folder '{file}'. Check the name.")
    if path.is_file():
        return iter([_report(path, path.name)])
    paths = sorted(each for each in path.rglob("*") if each.suffix.lower() in KINDS)
    if not paths:
        raise UnreadableInputError(f"The folder holds no report. Looked for: {', '.join(KINDS)}.")
    return _readable(paths, path, unread)


def _readable(paths: Iterable[Path], folder: Path, unread: list[str]) -> Iterator[Report]:
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            yield _report(path, name)
        except (SecondStoryError, OSError) as error:
            typer.echo(f"{name}: {error.strerror if isinstance(error, OSError) else error}", err=True)
            unread.append(name)


def _report(path: Path, name: str) -> Report:
    text, warnings = read_document(path.name, path.read_bytes())
    for warning in warnings:
        typer.echo(f"{name}: {warning}", err=True)
    return Report(name, text)


def _own_file(report: Report, output: Path, form: Format) -> Path:
    """The file of one report of a folder; its folder is made."""
    path = output / f"{report.id}.{'txt' if form is Format.TERMINAL else form}"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _write(report: Report, analysis: Analysis, form: Format, out: TextIO) -> None:
    if form is Format.TERMINAL:
        print_analysis(report, analysis, Console(file=out))
    elif form is Format.HTML:
        out.write(as_html(report, analysis))
    elif form is Format.MD:
        out.write(as_markdown(report, analysis))
    else:
        out.write(json.dumps(asdict(analysis), ensure_ascii=False, indent=1 if form is Format.JSON else None) + "\n")


app.command()(batch)


def main() -> None:
    """The command line with the commands of every installed package that offers some (`secondstory.commands`)."""
    for entry in entry_points(group="secondstory.commands"):
        try:
            register = entry.load()
        except ImportError:
            continue
        register(app)
    try:
        with _clear_errors():
            app()
    except typer.Exit as stop:
        raise SystemExit(stop.exit_code) from stop


@contextmanager
def _reading(file: str) -> Iterator[TextIO]:
    if file == "-":
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]  # a real standard stream
        yield sys.stdin
        return
    if not Path(file).is_file():
        raise UnreadableInputError(f"There is no file '{file}'. Check the name.")
    with Path(file).open(encoding="utf-8", errors="surrogateescape") as lines:
        yield lines


@contextmanager
def _writing(output: str) -> Iterator[TextIO]:
    if output == "-":
        yield sys.stdout
        return
    with Path(output).open("w", encoding="utf-8") as out:
        yield out


@contextmanager
def _clear_errors() -> Iterator[None]:
    """One sentence and exit status 2 in place of a traceback."""
    try:
        yield
    except SecondStoryError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except ImportError as error:
        typer.echo(f"This command needs '{error.name}'. Install the training tools with 'make train-tools'.", err=True)
        raise typer.Exit(2) from error
    except OSError as error:
        typer.echo(f"{error.strerror}: {error.filename}. Check the path and its permissions.", err=True)
        raise typer.Exit(2) from error
