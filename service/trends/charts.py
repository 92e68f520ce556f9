"""Plots as inline SVG: the only module that knows matplotlib.

Text stays text, colours are those of the page (so that dark mode and printing work), and nothing is told by colour alone.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from nlp.report import Estimate
from service.trends.spc import Point

# Stand-ins that the page's own colours replace.
COLOURS = {"#010203": "var(--ink)", "#040506": "var(--quiet)", "#070809": "var(--line)", "#0a0b0c": "var(--accent)", "#0d0e0f": "var(--signal)"}
INK, QUIET, LINE, ACCENT, SIGNAL = COLOURS
STYLE: Any = {
    "svg.fonttype": "none", "font.family": "DejaVu Sans", "font.size": 10, "text.parse_math": False, "text.color": INK, "axes.labelcolor": INK,
    "xtick.color": INK, "ytick.color": INK, "axes.edgecolor": QUIET, "axes.spines.top": False, "axes.spines.right": False,
}  # fmt: skip
WIDTH = 7.2
LONGEST_LABEL = 30
RATIOS = (0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a dot plot: what it is, its estimate, and the number of reports, sentences or findings behind it."""

    label: str
    estimate: Estimate
    whole: int


def dots(name: str, rows: Sequence[Row], *, unit: str, percent: bool = True, reference: float | None = None, noun: str = "n") -> str:
    """One dot with its 95% interval a row, in the order given; the number behind each stands at its label."""
    with rc_context({**STYLE, "svg.hashsalt": name}):
        figure, axes = _canvas(0.9 + 0.36 * len(rows))
        factor = 100 if percent else 1
        for place, row in enumerate(rows):
            if row.estimate.value is not None and row.estimate.low is not None and row.estimate.high is not None:
                axes.plot([factor * row.estimate.low, factor * row.estimate.high], [place, place], color=ACCENT, linewidth=2, solid_capstyle="butt")
                axes.plot([factor * row.estimate.value], [place], marker="o", color=ACCENT, markersize=7, clip_on=False)
        axes.set_yticks(range(len(rows)), [f"{_short(row.label)}  ({noun} {row.whole:,})" for row in rows])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color=LINE, linewidth=0.8)
        axes.set_axisbelow(True)
        if reference is not None:
            axes.axvline(reference, color=INK, linewidth=1, linestyle="--")
        if percent:
            axes.set_xlim(left=0, right=min(100, max(10, axes.get_xlim()[1])))
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}%"))
        elif reference is not None:
            axes.set_xscale("log", base=2)
            low, high = axes.get_xlim()
            low, high = min(low, 0.8), max(high, 1.25)
            axes.set_xlim(low, high)
            axes.set_xticks([tick for tick in RATIOS if low <= tick <= high])
            axes.xaxis.set_minor_locator(NullLocator())
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}×"))
        axes.set_xlabel(unit)
        return _svg(figure, name)


def intervals(name: str, labels: Sequence[str], estimates: Sequence[Estimate], *, segments: Sequence[str], unit: str, period: str) -> str:
    """Shares over time, each with its 95% interval; a dotted line where the instrument changes."""
    with rc_context({**STYLE, "svg.hashsalt": name}):
        figure, axes = _canvas(3.2)
        for place, each in enumerate(estimates):
            if each.value is not None and each.low is not None and each.high is not None:
                axes.plot([place, place], [100 * each.low, 100 * each.high], color=ACCENT, linewidth=1.6)
                axes.plot([place], [100 * each.value], marker="o", color=ACCENT, markersize=5, clip_on=False)
        _mark_changes(axes, segments)
        axes.set_ylim(0, 100)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}%"))
        _time_axis(axes, labels, unit=unit, period=period)
        return _svg(figure, name)


def control(name: str, labels: Sequence[str], points: Sequence[Point], *, unit: str, period: str, percent: bool) -> str:
    """A control chart: mean, limits, one segment an instrument, and special causes as triangles that point up or down."""
    with rc_context({**STYLE, "svg.hashsalt": name}):
        figure, axes = _canvas(3.6)
        factor = 100 if percent else 1
        starts = _starts([point.segment for point in points])
        for start, end in zip(starts, [*starts[1:], len(points)], strict=True):
            _segment(axes, list(range(start, end)), points[start:end], factor)
        _mark_changes(axes, [point.segment for point in points])
        kinds = (
            ("o", QUIET, "expected variation", [place for place, each in enumerate(points) if each.signal is None]),
            ("^", SIGNAL, "signal: higher", [place for place, each in enumerate(points) if each.signal and each.side != "low"]),
            ("v", SIGNAL, "signal: lower", [place for place, each in enumerate(points) if each.signal and each.side == "low"]),
        )
        for marker, colour, meaning, places in kinds:
            if places:
                heights = [factor * points[place].value for place in places]
                axes.plot(places, heights, marker, color=colour, markersize=6 if marker == "o" else 9, label=meaning, zorder=3, clip_on=False)
        axes.plot([], [], color=INK, linewidth=1.2, label="mean")
        axes.plot([], [], color=QUIET, linewidth=1.2, linestyle="--", label="limits of expected variation")
        if percent:
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}%"))
        axes.set_ylim(bottom=0)
        _time_axis(axes, labels, unit=unit, period=period)
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=3, frameon=False, fontsize=9)
        return _svg(figure, name)


def _starts(segments: Sequence[str]) -> list[int]:
    return [place for place in range(len(segments)) if place == 0 or segments[place] != segments[place - 1]]


def _mark_changes(axes: Axes, segments: Sequence[str]) -> None:
    for start in _starts(segments)[1:]:
        axes.axvline(start - 0.5, color=INK, linewidth=1, linestyle=":")
        axes.annotate("new version", (start - 0.45, 1.0), xycoords=("data", "axes fraction"), fontsize=9, va="bottom", color=INK)


def _segment(axes: Axes, places: Sequence[int], points: Sequence[Point], factor: int) -> None:
    axes.plot(places, [factor * each.value for each in points], color=QUIET, linewidth=1)
    edges = [places[0] - 0.5, *(place + 0.5 for place in places)]
    axes.stairs([factor * each.mean for each in points], edges, baseline=None, color=INK, linewidth=1.2)
    for bounds in ([each.lower for each in points], [each.upper for each in points]):
        heights = [factor * bound for bound in bounds if bound is not None]
        if len(heights) == len(points):
            axes.stairs(heights, edges, baseline=None, color=QUIET, linewidth=1.2, linestyle="--")


def _time_axis(axes: Axes, labels: Sequence[str], *, unit: str, period: str) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda place, _: labels[int(place)] if 0 <= place < len(labels) and place == int(place) else ""))
    axes.set_xlim(-0.6, len(labels) - 0.4)
    axes.grid(axis="y", color=LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel(f"{period.capitalize()} of the report")
    axes.set_ylabel(unit)


def _canvas(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(WIDTH, height), layout="constrained", facecolor="none")
    FigureCanvasSVG(figure)
    axes = figure.subplots()
    axes.set_facecolor("none")
    return figure, axes


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"


def _svg(figure: Figure, name: str) -> str:
    """The SVG element alone, described by the sentence that the page holds as `<name>-says`, with ids that are unique on the page."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = buffer.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r"url\(#", f"url(#{name}-", svg)
    svg = re.sub(r'(xlink:)?href="#', f'href="#{name}-', svg)
    svg = re.sub(r"'DejaVu Sans'(, [^;\"]*)?", "system-ui, 'Segoe UI', Arial, sans-serif", svg)
    for stand_in, colour in COLOURS.items():
        svg = svg.replace(stand_in, colour)
    return re.sub(r'<svg [^>]*?(viewBox="[^"]*")[^>]*>', rf'<svg \1 role="img" aria-labelledby="{name}-says">', svg, count=1)
