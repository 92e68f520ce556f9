"""`secondstory train | evaluate | baseline | promote | rollback | runs`: from corpora to a release."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from models.artefact import MANIFEST, METRICS, RELEASES, file_digest, load_manifest, released_folder
from nlp.errors import UnreadableInputError

if TYPE_CHECKING:
    from nlp.analyzer import Analyzer
    from training.baselines import Baseline
    from training.behaviour import Outcome
    from training.corpus import Document
    from training.evaluate import Evaluation

BEHAVIOUR = Path(__file__).parent.parent / "corpora" / "behaviour"
BASELINES = ("word-list", "majority", "ngram", "frozen")
RUNS = Path("runs")
Corpus = Annotated[list[str], typer.Option(help="A corpus as PATH, or PATH=REPORTS for a standoff one; several times.")]
Split = Annotated[str, typer.Option(help="Which split to judge on: train, dev, test, or all.")]


def train(
    config: Annotated[Path, typer.Argument(help="A TOML file; training/configs/small.toml is the released model's.")],
    run: Annotated[Path | None, typer.Option(help="The run's folder; an interrupted run in it goes on.")] = None,
    version: Annotated[str | None, typer.Option(help="The artefact's version; today's date if left out.")] = None,
    from_released: Annotated[bool, typer.Option("--from-released", help="Start from the released weights, and show its corpora again (replay).")] = False,
    start: Annotated[Path | None, typer.Option(help="An artefact's folder to start from, in place of the pretrained encoder.")] = None,
    only_network: Annotated[bool, typer.Option("--only-network", help="Stop after training: a teacher is neither calibrated nor exported.")] = False,
    corpus: Annotated[list[Path] | None, typer.Option(help="Your own annotations (corpus format), added to the config's.")] = None,
) -> None:
    """Train, calibrate and export an artefact; prints before and after when it starts from the released one."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # before torch loads: spinning threads stall when the machine has other work
    from training.config import CorpusConfig, read_config
    from training.train import train as run_training

    settings = read_config(config)
    own = tuple(CorpusConfig(path=path, repeat=3) for path in corpus or ())
    settings = settings.model_copy(update={"corpora": (*settings.corpora, *own)})
    folder = run or RUNS / datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    start = released_folder() if from_released else start
    if from_released and start is None:
        raise UnreadableInputError("No model is released to start from. Train without --from-released.")
    with Progress(TextColumn("train"), BarColumn(), TextColumn("{task.completed}/{task.total} loss {task.fields[loss]:.3f}"), TimeRemainingColumn()) as bar:
        task = bar.add_task("train", total=None, loss=0.0)
        artefact = run_training(
            settings,
            folder,
            version_name=version or datetime.now(UTC).strftime("%Y.%m.%d"),
            progress=lambda done, total, loss: bar.update(task, completed=done, total=total, loss=loss),
            say=typer.echo,
            start=start,
            only_network=only_network,
        )
    if only_network:
        typer.echo(f"The network is in {folder}.")
        return
    for name, where in (("your held-out reports", [str(path) for path in corpus or ()]), ("ours", [])) if from_released else ():
        if where or name == "ours":
            typer.echo(f"After and before, on {name}:")
            evaluate([str(artefact), "released"], corpus=where, baselines=False, draws=100)
    typer.echo(f"The artefact is in {artefact}. Judge it with 'secondstory evaluate {artefact}'.")


def average(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs, each trained on from the one before or from the same start.")],
    run: Annotated[Path, typer.Option(help="The new run's folder.")],
    version: Annotated[str | None, typer.Option(help="The artefact's version; today's date if left out.")] = None,
) -> None:
    """The mean of several trained networks as one artefact; often better than each."""
    from training.train import average as mean

    artefact = mean(runs, run, version_name=version or datetime.now(UTC).strftime("%Y.%m.%d"), say=typer.echo)
    typer.echo(f"The artefact is in {artefact}. Judge it with 'secondstory evaluate {artefact}'.")


def evaluate(
    contestants: Annotated[list[str], typer.Argument(help="Artefact folders, 'released', 'released-alone' (without rules) or 'rules'.")],
    corpus: Corpus = [],  # noqa: B006  # typer copies it
    split: Split = "test",
    baselines: Annotated[bool, typer.Option(help="Print the baselines beside, learnt from the train split.")] = True,
    html: Annotated[Path | None, typer.Option(help="Also write a page with plots.")] = None,
    draws: Annotated[int, typer.Option(help="Bootstrap draws for the intervals.")] = 300,
) -> None:
    """Print all figures side by side; an artefact's figures and card are written into its folder."""
    from training.behaviour import run as behave
    from training.evaluate import evaluate as judge
    from training.evaluate import labeller_of
    from training.reporting import as_html, model_card, print_side_by_side, print_tables

    data, documents = _data(corpus, split)
    on_ours = not corpus and split == "test"  # the frozen test: only its figures count at the gate
    console = Console()
    found, outcome = [], None
    for number, name in enumerate(contestants):
        analyzer, artefact = _analyzer(name)
        found.append(judge(name if artefact is None else load_manifest(artefact, verify=False).title, labeller_of(analyzer), documents, draws=draws))
        if number == 0:
            outcome = behave(analyzer, BEHAVIOUR)
        if artefact is not None and on_ours and name != "released-alone":
            _write_metrics(artefact, found[-1], behave(analyzer, BEHAVIOUR) if number else outcome, _judged_on(documents))
    for rival in map(_baseline, BASELINES if baselines else ()):
        rival.learn(data)
        found.append(judge(rival.name, rival.label, documents, draws=0))
    print_side_by_side(found, console)
    print_tables(found[0], console)
    if outcome:
        for kind, share in outcome.passed.items():
            console.print(f"behaviour, {kind}: {share:.1%} of {outcome.counts[kind]}")
        console.print(
            f"behaviour, fillings that differ: {outcome.violations:.2%}; by swap set: {', '.join(f'{k} {v:.2%}' for k, v in outcome.by_swap.items())}"
        )
    if html:
        html.write_text(as_html(found, outcome, title="Second Story: evaluation"), encoding="utf-8")
        typer.echo(f"Written to {html}.")
    folder = Path(contestants[0])
    if on_ours and (folder / MANIFEST).is_file():
        card = model_card(load_manifest(folder), found, outcome, command=f"secondstory evaluate {contestants[0]}")
        (folder / "README.md").write_text(card, encoding="utf-8")


def baseline(
    name: Annotated[str, typer.Argument(help="word-list, majority, ngram or frozen.")],
    reports: Annotated[Path, typer.Argument(help="JSON lines with id and text.")],
    output: Annotated[Path, typer.Argument(help="Where to write findings and sentences, one line a report.")],
    corpus: Corpus = [],  # noqa: B006  # typer copies it
) -> None:
    """Label reports with a baseline, learnt from all documents of the corpora, for any scorer that reads the contract."""
    from nlp.parsing import Parser
    from training.contract import label_lines

    chosen = _baseline(name)
    if name != "word-list":
        chosen.learn(_data(corpus, "all")[1])
    with reports.open(encoding="utf-8") as lines, output.open("w", encoding="utf-8") as out:
        for line in label_lines(lines, chosen, Parser()):
            out.write(line + "\n")


def promote(
    candidate: Annotated[Path, typer.Argument(help="An artefact's folder that was evaluated.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what the gate says.")] = False,
) -> None:
    """Release a candidate if it is no worse than the released model; exit status 1 and the reasons if it is refused."""
    from training import release

    released = released_folder()
    figures, judged_on = _metrics(candidate)
    earlier, earlier_on = _metrics(released) if released else (None, judged_on)
    if earlier_on != judged_on:
        raise UnreadableInputError(f"The released model was judged on another test or suite. Run 'secondstory evaluate {candidate} {released}' first.")
    verdict = release.judge(figures, earlier)
    for name, before, now in verdict.figures:
        typer.echo(f"{name:36} released {'none' if before is None else f'{before:.3f}'}  candidate {now:.3f}")
    for reason in verdict.reasons:
        typer.echo(f"Refused: {reason}.")
    if verdict.reasons:
        raise typer.Exit(1)
    typer.echo("The gate is open." if dry_run else f"Released {release.promote(candidate, verdict)}.")


def rollback() -> None:
    """Go back to the release before."""
    from training import release

    typer.echo(f"Released {release.rollback()}.")


def runs(folder: Annotated[Path, typer.Argument(help="Where the runs are.")] = RUNS) -> None:
    """List runs and released artefacts with their figures, for comparison."""
    from rich.table import Table

    from training.release import MORE_IS_BETTER

    names = [*MORE_IS_BETTER[:7], "false alarms", "calibration error"]
    table = Table("artefact", *names)
    for path in sorted([*folder.rglob(MANIFEST), *RELEASES.rglob(MANIFEST)]):
        try:
            figures, _ = _metrics(path.parent)
        except UnreadableInputError:
            figures = {}
        table.add_row(str(path.parent), *(f"{figures[name]:.3f}" if name in figures else "" for name in names))
    Console().print(table)


def _data(corpus: Sequence[str], split: str) -> "tuple[tuple[Document, ...], tuple[Document, ...]]":
    """The training documents, and those to judge on."""
    from training.config import CorpusConfig
    from training.train import gather

    entries = corpus or ["corpora/public=../shared/reports", "corpora/authored"]
    configs = []
    for entry in entries:
        path, _, reports = entry.partition("=")
        configs.append(CorpusConfig(path=Path(path), reports=Path(reports) if reports else None))
    data = gather(configs)
    for note in data.notes:
        typer.echo(note, err=True)
    parts = {"train": data.train, "dev": data.dev, "test": data.test, "all": data.train + data.dev + data.test}
    if not parts.get(split):
        raise UnreadableInputError(f"There is no document in split '{split}'. Choose from: {', '.join(name for name, part in parts.items() if part)}.")
    return data.train, parts[split]


def _baseline(name: str) -> "Baseline":
    from training.baselines import MajorityPerTrigger, WordList, ngrams

    def frozen() -> "Baseline":
        from training.frozen import frozen_embeddings

        return frozen_embeddings()

    makers: dict[str, Callable[[], Baseline]] = {"word-list": WordList, "majority": MajorityPerTrigger, "ngram": ngrams, "frozen": frozen}
    if name not in makers:
        raise UnreadableInputError(f"There is no baseline '{name}'. Choose from: {', '.join(makers)}.")
    return makers[name]()


def _analyzer(name: str) -> "tuple[Analyzer, Path | None]":
    """An analyser, and the artefact's folder if it has one."""
    from models.detector import ModelDetector
    from nlp.analyzer import Analyzer
    from nlp.parsing import Parser
    from nlp.rules import RuleDetector

    if name == "rules":
        return Analyzer(Parser(), [RuleDetector()]), None
    folder = released_folder() if name in {"released", "released-alone"} else Path(name)
    if folder is None:
        raise UnreadableInputError("No model is released. Name an artefact's folder, or 'rules'.")
    detector = ModelDetector.from_artefact(folder, with_rules=name != "released-alone")
    return Analyzer(Parser(), [detector], labeller=detector, model=detector.manifest.title), folder


def _write_metrics(artefact: Path, evaluation: "Evaluation", outcome: "Outcome | None", judged_on: str) -> None:
    """Figures, tied to the artefact (its manifest's digest) and to what it was judged on (the digest of test and suite)."""
    figures = dict(evaluation.figures)
    for name, calibration in (("calibration error", evaluation.calibration), ("calibration error, marked", evaluation.marked_calibration)):
        figures[name] = calibration.error if calibration else 1.0
    if outcome:
        figures.update(outcome.figures())
    record = {"artefact": file_digest(artefact / MANIFEST), "judged_on": judged_on, "figures": figures}
    (artefact / METRICS).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _judged_on(documents: "Sequence[Document]") -> str:
    hashed = hashlib.sha256()
    for document in documents:
        hashed.update(document.model_dump_json(exclude={"meta"}).encode())
    for file in sorted(BEHAVIOUR.glob("*.toml")):
        hashed.update(file.read_bytes())
    return hashed.hexdigest()[:16]


def _metrics(artefact: Path) -> tuple[dict[str, float], str]:
    """The figures and what they were judged on.

    Raises:
        UnreadableInputError: there are none, or they are of another network.
    """
    path = artefact / METRICS
    record = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    if record is None or record["artefact"] != file_digest(artefact / MANIFEST):
        raise UnreadableInputError(f"'{artefact}' was not judged, or was changed since. Run 'secondstory evaluate {artefact}' first.")
    return {str(name): float(value) for name, value in record["figures"].items()}, str(record["judged_on"])
