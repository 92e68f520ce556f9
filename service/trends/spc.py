"""Statistical process control after NHS England's *Making Data Count*: XmR and p charts with the four special-cause rules.

The algorithm is the one published with NHSRplotthedots: limits at mean ± 2.66 times the mean moving range, moving ranges of 3.267 times their mean or
more left out once; segments (here: one measuring instrument each) share nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal

Signal = Literal["outside the limits", "trend of 7", "2 of 3 near a limit", "7 on one side of the mean"]
Side = Literal["high", "low", "on the mean"]
ENOUGH_POINTS = 12
LARGE = 300
RUN = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of a chart. `lower` and `upper` are None where a segment is too short for limits; the near-limits lie at two thirds."""

    value: float
    mean: float
    lower: float | None
    upper: float | None
    segment: str
    side: Side
    signal: Signal | None = None


def xmr(values: Sequence[float], segments: Sequence[str]) -> list[Point]:
    """An XmR chart (individual values, moving range), begun anew with each run of equal `segments`."""
    points: list[Point] = []
    for segment, inside in _pieces(segments):
        part = [values[place] for place in inside]
        mean = math.fsum(part) / len(part)
        width = _screened_moving_range(part)
        points += _judged(part, segment, mean, [None if width is None else 2.66 * width] * len(part))
    return points


def p_chart(parts: Sequence[int], wholes: Sequence[int], segments: Sequence[str]) -> list[Point]:
    """A p chart of shares, or Laney's p′ chart where the median denominator of a segment is 300 or more: large numbers make p limits too narrow."""
    points: list[Point] = []
    for segment, inside in _pieces(segments):
        numbers = [wholes[place] for place in inside]
        shares = [parts[place] / wholes[place] for place in inside]
        mean = sum(parts[place] for place in inside) / sum(numbers)
        sigmas = [math.sqrt(mean * (1 - mean) / number) for number in numbers]
        spread = _laney(shares, mean, sigmas) if is_large(numbers) else 1.0
        points += _judged(shares, segment, mean, [3 * spread * sigma if len(inside) > 1 else None for sigma in sigmas], top=1.0)
    return points


def is_large(wholes: Sequence[int]) -> bool:
    """Whether denominators are so large that p′ stands in for p."""
    return bool(wholes) and sorted(wholes)[len(wholes) // 2] >= LARGE


def _pieces(segments: Sequence[str]) -> list[tuple[str, list[int]]]:
    return [(segment, [place for place, _ in group]) for segment, group in groupby(enumerate(segments), key=lambda each: each[1])]


def _screened_moving_range(values: Sequence[float]) -> float | None:
    ranges = [abs(after - before) for before, after in pairwise(values)]
    if not ranges:
        return None
    mean = math.fsum(ranges) / len(ranges)
    kept = [each for each in ranges if each < 3.267 * mean] or ranges
    return math.fsum(kept) / len(kept)


def _laney(shares: Sequence[float], mean: float, sigmas: Sequence[float]) -> float:
    if not all(sigmas) or len(shares) < 2:
        return 1.0
    scores = [(value - mean) / sigma for value, sigma in zip(shares, sigmas, strict=True)]
    return math.fsum(abs(after - before) for before, after in pairwise(scores)) / (len(scores) - 1) / 1.128


def _judged(values: Sequence[float], segment: str, mean: float, halves: Sequence[float | None], *, top: float = math.inf) -> list[Point]:
    sides = [0 if math.isclose(value, mean, rel_tol=1e-9, abs_tol=1e-12) else int(math.copysign(1, value - mean)) for value in values]
    signals = _signals(values, sides, [abs(value - mean) for value in values], halves)
    names: dict[int, Side] = {1: "high", -1: "low", 0: "on the mean"}
    return [
        Point(
            value=value,
            mean=mean,
            lower=None if half is None else max(0.0, mean - half),
            upper=None if half is None else min(top, mean + half),
            segment=segment,
            side=names[side],
            signal=signal,
        )
        for value, half, side, signal in zip(values, halves, sides, signals, strict=True)
    ]


def _signals(values: Sequence[float], sides: Sequence[int], distances: Sequence[float], halves: Sequence[float | None]) -> list[Signal | None]:
    """The first rule that applies to each point, in the order in which the rules are published."""
    pairs = list(zip(distances, halves, strict=True))
    outside = [half is not None and distance > half * (1 + 1e-9) for distance, half in pairs]
    near = [half is not None and not out and distance > 2 / 3 * half * (1 + 1e-9) for (distance, half), out in zip(pairs, outside, strict=True)]
    steps = [0 if math.isclose(after, before, rel_tol=1e-9, abs_tol=1e-12) else int(math.copysign(1, after - before)) for before, after in pairwise(values)]
    trend = _covered([bool(run[0]) and len(set(run)) == 1 for run in _windows(steps, RUN - 1)], RUN, len(values))
    shift = _covered([bool(run[0]) and len(set(run)) == 1 for run in _windows(sides, RUN)], RUN, len(values))
    thirds = zip(_windows(near, 3), _windows(sides, 3), strict=True)
    two_of_three = _covered([sum(close) >= 2 and abs(sum(side)) == 3 for close, side in thirds], 3, len(values))
    found: list[Signal | None] = []
    for place in range(len(values)):
        if outside[place]:
            found.append("outside the limits")
        elif trend[place]:
            found.append("trend of 7")
        elif two_of_three[place] and near[place]:
            found.append("2 of 3 near a limit")
        elif shift[place]:
            found.append("7 on one side of the mean")
        else:
            found.append(None)
    return found


def _windows(items: Sequence[int], width: int) -> list[Sequence[int]]:
    return [items[place : place + width] for place in range(len(items) - width + 1)]


def _covered(hits: Sequence[bool], width: int, length: int) -> list[bool]:
    """Which places lie in a window that is a hit."""
    return [any(hits[max(0, place - width + 1) : place + 1]) for place in range(length)]
