"""An analysis for a reader: terminal, Markdown, self-contained HTML. Text is always escaped."""

import html
import re
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from nlp.measures import LIMITS
from nlp.report import Analysis, Estimate, Finding, Report, Suggestion
from nlp.taxonomy import load

COLOURS = {"violet": "magenta", "teal": "cyan", "red": "red", "amber": "yellow", "blue": "blue", "green": "green"}
STYLE = (
    "body{font:1rem/1.6 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}pre{white-space:pre-wrap;font:inherit}"
    "mark{background:#fff3c4;border-bottom:2px solid #7a4f00}mark.u{background:#eee;border-bottom:2px dotted #555}"
)


def print_analysis(report: Report, analysis: Analysis, console: Console) -> None:
    """Highlights, then the findings with reasons and suggestions."""
    text = Text(report.text)
    for finding in analysis.findings:
        colour = COLOURS.get(load().category(finding.category).colour, "white") if finding.counted else "bright_black"
        text.stylize(f"underline {colour}", finding.start, finding.end)
    console.rule(escape(report.id))
    console.print(text)
    for finding in analysis.findings:
        console.print(f"\n[bold]{escape(report.text[finding.start : finding.end])}[/bold]  {_label(finding)}")
        console.print(f"  {escape(finding.rationale)} ({escape(finding.standard)})")
        for line in _suggestions(report, finding.suggestions):
            console.print(f"  → {escape(line)}")
    for words, lines in _of_sentences(report, analysis):
        console.print(f"\n[italic]{escape(words)}[/italic]")
        for line in lines:
            console.print(f"  → {escape(line)}")
    console.print()
    for line in summary(analysis):
        console.print(escape(line))


def as_markdown(report: Report, analysis: Analysis) -> str:
    """Findings and measures as Markdown."""
    lines = [f"# {_literal(report.id)}", ""]
    for finding in analysis.findings:
        lines += [
            f"- **{_literal(report.text[finding.start : finding.end])}** {_literal(_label(finding))}",
            f"  {_literal(finding.rationale)} ({_literal(finding.standard)})",
        ]
        lines += [f"  - {_literal(line)}" for line in _suggestions(report, finding.suggestions)]
    for words, advice in _of_sentences(report, analysis):
        lines += [f"- *{_literal(words)}*", *(f"  - {_literal(line)}" for line in advice)]
    return "\n".join([*lines, "", *(f"- {_literal(line)}" for line in summary(analysis)), "", ""])


def taxonomy_page() -> str:
    """The taxonomy as Markdown tables: `docs/taxonomy.md` is this text, and a test keeps it so."""
    taxonomy = load()
    lines = [f"# Taxonomy {taxonomy.version}", "", "Written by `secondstory taxonomy --md`; change `nlp/taxonomy.toml` instead.", ""]
    lines += ["| category | what it is | marked | not marked | standard |", "| --- | --- | --- | --- | --- |"]
    for each in taxonomy.categories:
        lines.append(f"| `{each.id}` | {each.definition} | {' '.join(each.marks)} | {' '.join(each.leaves)} | {each.standard} |")
    for title, labels in (
        ("Attribution", taxonomy.attributions),
        ("System factor", taxonomy.factors),
        ("Action strength", taxonomy.action_strengths),
    ):
        lines += ["", f"| {title.lower()} | what it is |", "| --- | --- |", *(f"| `{label.id}` | {label.definition} |" for label in labels)]
    return "\n".join(lines) + "\n"


def as_html(report: Report, analysis: Analysis) -> str:
    """One self-contained page."""
    marked, at = [], 0
    for number, finding in enumerate(analysis.findings, 1):
        marked.append(html.escape(report.text[at : finding.start]))
        name = html.escape(_label(finding))
        kind = "" if finding.counted else ' class="u"'
        marked.append(f'<mark{kind} title="{name}">{html.escape(report.text[finding.start : finding.end])}</mark><sup>{number}</sup>')
        at = finding.end
    marked.append(html.escape(report.text[at:]))
    items = "".join(
        f"<li><strong>{html.escape(report.text[each.start : each.end])}</strong> {html.escape(_label(each))}<br>"
        f"{html.escape(each.rationale)} <em>{html.escape(each.standard)}</em>"
        f"<ul>{''.join(f'<li>{html.escape(line)}</li>' for line in _suggestions(report, each.suggestions))}</ul></li>"
        for each in analysis.findings
    )
    advice = "".join(
        f"<li><em>{html.escape(words)}</em><ul>{''.join(f'<li>{html.escape(line)}</li>' for line in lines)}</ul></li>"
        for words, lines in _of_sentences(report, analysis)
    )
    advice = f"<h2>Sentences as a whole</h2><ul>{advice}</ul>" if advice else ""
    measures = "".join(f"<li>{html.escape(line)}</li>" for line in summary(analysis))
    title = html.escape(report.id)
    return (
        f'<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style><h1>{title}</h1>'
        f"<pre>{''.join(marked)}</pre><h2>Findings</h2><ol>{items}</ol>{advice}<h2>The document</h2><ul>{measures}</ul></html>\n"
    )


def summary(analysis: Analysis) -> Iterator[str]:
    """The measures in words; density never without accountability visibility beside it."""
    measures = analysis.measures
    yield f"{measures.counted_findings} counted findings in {measures.words} words. {LIMITS}"
    visible = _estimate(measures.accountability_visibility)
    yield f"Per 1,000 words: {_estimate(measures.blame_density)}. Sentences on human acts that name who acted: {visible}."
    counts = ", ".join(f"{label} {count}" for label, count in measures.attribution.items())
    yield f"Attribution of sentences: {counts}. Individual share of explanations: {_estimate(measures.individual_share)}."
    if measures.not_yet_mentioned:
        names = {factor.id: factor.name for factor in load().factors}
        yield f"Not yet mentioned, was it considered? {', '.join(names[each] for each in measures.not_yet_mentioned)}."


def _estimate(estimate: Estimate) -> str:
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return f"no value ({estimate.why})"
    return f"{_two_digits(estimate.value)} (95% interval {_two_digits(estimate.low)} to {_two_digits(estimate.high)})"


def _two_digits(value: float) -> str:
    """Two significant digits, never in the notation with an exponent."""
    return f"{float(f'{value:.2g}'):g}"


def _label(finding: Finding) -> str:
    name = load().category(finding.category).name
    return f"({name})" if finding.counted else f"({name}; not counted, {finding.uncounted_because})"


NAMES = {"edit": "edit", "rewrite": "rewrite with gaps", "ask": "ask", "strengthen": "could it be stronger", "restore_actor": "say who acted"}


def _suggestions(report: Report, suggestions: Sequence[Suggestion]) -> Iterator[str]:
    """What to do in a line each; a change says which words go and what comes in their place."""
    for suggestion in suggestions:
        name = NAMES[suggestion.kind] + (", safe" if suggestion.safe else "") + (", by a language model" if suggestion.written_by != "rules" else "")
        if suggestion.replacement is not None:
            old, new = (" ".join(words.split()) for words in (report.text[suggestion.start : suggestion.end], suggestion.replacement))
            yield f"{name}: {f'“{old}”' if old else '(insert)'} → {f'“{new}”' if new else '(leave out)'}"
        if suggestion.question:
            yield f"{name}: {suggestion.question}"


def _of_sentences(report: Report, analysis: Analysis) -> Iterator[tuple[str, list[str]]]:
    """Sentences with advice of their own: their words and the lines of advice."""
    for sentence in analysis.sentences:
        if sentence.suggestions:
            yield " ".join(report.text[sentence.start : sentence.end].split()), list(_suggestions(report, sentence.suggestions))


def _literal(words: str) -> str:
    """The words on one line, so that Markdown and the HTML inside it show them as they are."""
    return re.sub(r"([\\`*_\[\]~])", r"\\\1", html.escape(" ".join(words.split()), quote=False))
