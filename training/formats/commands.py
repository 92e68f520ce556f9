"""`secondstory corpus convert` and `secondstory corpus project`."""

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from nlp.errors import UnreadableInputError
from training.formats import FORMATS, detect
from training.formats.draft import Options
from training.formats.projects import PROJECTS
from training.formats.records import text_of
from training.formats.table import ColumnMap

app = typer.Typer(no_args_is_help=True, help="Annotations from other tools and back.")
SOME_REFUSED = 3
Source = StrEnum("Source", {name: name for name in ("auto", *FORMATS)})  # type: ignore[misc]  # the members are the formats there are
Target = StrEnum("Target", {name: name for name in FORMATS})  # type: ignore[misc]  # likewise
Tool = StrEnum("Tool", {name: name for name in PROJECTS})  # type: ignore[misc]  # likewise


class UnitName(StrEnum):
    """What an offset counts."""

    AUTO = "auto"
    CODEPOINT = "codepoint"
    UTF16 = "utf16"
    GRAPHEME = "grapheme"


@app.command()
def convert(
    input_path: Annotated[Path, typer.Argument(metavar="INPUT", help="A file, folder or zip that an annotation tool exported.")],
    output_path: Annotated[Path, typer.Argument(metavar="OUTPUT", help="Where to write: a file, or a new folder for brat and INCEpTION.")],
    *,
    source_format: Annotated[Source, typer.Option("--from", help="The input's format.")] = Source.auto,  # type: ignore[attr-defined]  # made above
    target_format: Annotated[Target, typer.Option("--to", help="The output's format.")] = Target.corpus,  # type: ignore[attr-defined]  # made above
    unit: Annotated[UnitName, typer.Option(help="What the input's offsets count; auto compares with the recorded words.")] = UnitName.AUTO,
    labels: Annotated[list[str] | None, typer.Option("--map", help="What a label stands for: FAILURE_VERB=failure; LABEL=- leaves it out.")] = None,
    columns: Annotated[Path | None, typer.Option(help="TOML file that maps our column names to a table's: text = 'Narrative'.")] = None,
    source: Annotated[str, typer.Option(help="Where the texts come from.")] = "imported",
    licence: Annotated[str, typer.Option(help="Under which terms the texts may be used.")] = "not stated",
) -> None:
    """Convert annotations. Exit status 3: some records were refused; 2: nothing could be read."""
    options = Options(unit=unit.value, labels=_mapping(labels or []), columns=_columns(columns), source=source, licence=licence)
    name = detect(input_path) if source_format == "auto" else str(source_format)
    found = FORMATS[name].read(input_path, options)
    for record, reason in found.refused:
        typer.echo(f"refused {record}: {reason}", err=True)
    counts = f"{found.read} read, {found.skipped} skipped, {found.repaired} repaired, {len(found.refused)} refused"
    if not found.documents:
        raise UnreadableInputError(f"Nothing was converted ({counts}).")
    for document in found.documents if target_format != "corpus" else ():
        text_of(document)
    FORMATS[str(target_format)].write(found.documents, output_path)
    typer.echo(f"{len(found.documents)} documents from {name} to {target_format}: {counts}.")
    if found.refused:
        raise typer.Exit(SOME_REFUSED)


@app.command()
def project(
    tool: Annotated[Tool, typer.Option(help="The annotation tool.")],
    output: Annotated[Path | None, typer.Option(help="Where to write; standard output if left out.")] = None,
) -> None:
    """Write the tool's project file: its labels, drawn from the taxonomy."""
    content = PROJECTS[str(tool)]()
    if output is None:
        typer.echo(content, nl=False)
    else:
        output.write_text(content, encoding="utf-8", newline="\n")


def _mapping(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        label, equals, meaning = pair.rpartition("=")
        if not (label and equals and meaning):
            raise UnreadableInputError(f"--map wants LABEL=MEANING, for example FAILURE_VERB=failure, not {pair!r}.")
        found[label] = meaning
    return found


def _columns(path: Path | None) -> ColumnMap | None:
    if path is None:
        return None
    try:
        return ColumnMap.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableInputError(f"'{path.name}' is not TOML. Write one line a column: text = 'Narrative'.") from error
    except ValidationError as error:
        faults = ", ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors(include_input=False))
        raise UnreadableInputError(f"'{path.name}' is no column map ({faults}). Columns are: {', '.join(ColumnMap.model_fields)}.") from error
