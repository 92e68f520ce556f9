"""`secondstory corpus …`: check, stats, agreement, split, dedupe, assemble."""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from training import corpus
from training.formats.commands import app as formats
from training.standoff import Assembly, assemble

app = typer.Typer(no_args_is_help=True, help="Annotated corpora: check, count, compare annotators, split, assemble.")
app.add_typer(formats)
Input = Annotated[Path, typer.Argument(help="A corpus file (.jsonl) or a folder of them.")]
Reports = Annotated[Path | None, typer.Option(help="Folder of the published texts, for a standoff corpus.")]
Output = Annotated[Path, typer.Argument(help="Where to write.")]


def documents_of(path: Path, reports: Path | None) -> list[corpus.Document]:
    """The documents with text where there is any; without `reports` a standoff corpus is taken as it is, and that is said."""
    found = list(corpus.read(path))
    standoff = [document for document in found if document.text is None]
    if not standoff:
        return found
    if reports is None:
        typer.echo(f"{len(standoff)} documents are standoff and have no text here; --reports FOLDER assembles them.", err=True)
        return found
    assembly = Assembly()
    whole = [document for document in found if document.text is not None] + list(assemble(standoff, reports, assembly))
    _say(assembly)
    return whole


@app.command()
def check(
    path: Input,
    reports: Reports = None,
    evaluation: Annotated[Path | None, typer.Option(help="Evaluation sentences (JSON lines with text, start, end) that may not be in the corpus.")] = None,
) -> None:
    """Look for what is wrong; exit status 1 if anything is."""
    from training.check import check as faults_of

    faults = faults_of(documents_of(path, reports), known=_known(evaluation))
    for fault in faults[:200]:
        typer.echo(f"{fault.document}: {fault.kind}: {fault.message}")
    counts = ", ".join(f"{kind} {count}" for kind, count in Counter(fault.kind for fault in faults).most_common())
    typer.echo(f"{len(faults)} faults{': ' + counts if counts else ''}.")
    raise typer.Exit(1 if faults else 0)


@app.command()
def stats(path: Input, reports: Reports = None) -> None:
    """Counts by category, label, source, slice and split."""
    from training.statistics import statistics

    found = statistics(documents_of(path, reports))
    typer.echo(f"{found.documents} documents, {found.sentences} sentences, {found.words} words; {found.with_span} sentences hold a counted span")
    typer.echo(f"{found.hard_negatives} hard negatives (a word of the plain list, no blame), {found.variants} sentences of contrast variants")
    table = Table("label", "counted", "reported")
    for category in corpus.CATEGORIES:
        table.add_row(category, str(found.counted[category]), str(found.reported[category]))
    Console().print(table)
    for name in ("attribution", "factors", "action_strength", "sources", "slices", "splits", "annotators"):
        typer.echo(f"{name}: " + ", ".join(f"{label} {count}" for label, count in getattr(found, name).most_common()))


@app.command()
def agreement(path: Input, reports: Reports = None) -> None:
    """How far the annotators agree, with 95% intervals over documents."""
    from training.agreement import agreement as figures

    table = Table("figure", "value", "95% interval", "sentences")
    for figure in figures([document for document in documents_of(path, reports) if document.text is not None]):
        table.add_row(figure.name, f"{figure.value:.3f}", f"{figure.low:.3f} to {figure.high:.3f}", str(figure.n))
    Console().print(table)


@app.command()
def split(
    path: Input,
    output: Output,
    hold_out: Annotated[str | None, typer.Option(help="A source that goes to 'test' as a whole.")] = None,
    seed: Annotated[str, typer.Option(help="Another seed gives another split.")] = "1",
) -> None:
    """Write the corpus with a split for every document, by report and never by sentence."""
    from training.splits import split as divide

    count = corpus.write(divide(corpus.read(path), hold_out=hold_out, seed=seed), output)
    typer.echo(f"{count} documents written to {output}.")


@app.command()
def gold(
    path: Input,
    output: Output,
    decided_by: Annotated[str | None, typer.Option(help="The annotator who decides where they differ; else those sentences stay unlabelled.")] = None,
) -> None:
    """Write the corpus with the layer `gold` that training reads: what the annotators say alike."""
    from training.agreed import with_gold

    documents = [with_gold(document, decided_by=decided_by) for document in corpus.read(path)]
    corpus.write(documents, output)
    layers = [layer for document in documents if (layer := document.layer())]
    still = sum(label is None for layer in layers for label in layer.attribution)
    typer.echo(f"{len(documents)} documents written to {output}; {still} sentences stay unlabelled.")


@app.command()
def dedupe(
    path: Input,
    reports: Reports = None,
    threshold: Annotated[float, typer.Option(help="Least similarity, 0 to 1, over shingles of five words.")] = 0.5,
) -> None:
    """List near-copies of different groups, by MinHash."""
    from training.dedupe import near_copies

    documents = documents_of(path, reports)
    found = near_copies(documents, threshold=threshold)
    for pair in found:
        typer.echo(f"{pair.similarity:.2f}  {pair.one}  {pair.other}")
    share = len({pair.other for pair in found}) / max(1, len(documents))
    typer.echo(f"{len(found)} pairs at {threshold:g} or more; {share:.2%} of {len(documents)} documents are a near-copy of an earlier one.")


@app.command(name="assemble")
def assemble_(path: Input, output: Output, reports: Annotated[Path, typer.Option(help="Folder of the published texts.")]) -> None:
    """Write a standoff corpus with its text, where every sentence has its recorded hash; exit status 1 if a text is missing or was changed."""
    assembly = Assembly()
    corpus.write(assemble(corpus.read(path), reports, assembly), output)
    _say(assembly)
    raise typer.Exit(0 if assembly.is_whole else 1)


@app.command()
def schema() -> None:
    """The JSON schema of one line."""
    typer.echo(json.dumps(corpus.schema(), indent=1))


def _say(assembly: Assembly) -> None:
    typer.echo(f"{assembly.documents} documents assembled, {assembly.sentences} sentence hashes right.", err=True)
    for what, ids in (("have no text in the folder", assembly.missing), ("have text that was changed", assembly.changed)):
        if ids:
            typer.echo(f"{len(ids)} documents {what}: {', '.join(ids[:10])}{' …' if len(ids) > 10 else ''}", err=True)


def _known(evaluation: Path | None) -> frozenset[str]:
    if evaluation is None:
        return frozenset()
    with evaluation.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    return frozenset(corpus.digest(row["text"][row["start"] : row["end"]]) for row in rows)
