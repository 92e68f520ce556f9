"""Shares and rates with intervals that know that sentences of one report resemble each other."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.measures import Z, share
from nlp.report import Estimate

Counts = Sequence[int] | npt.NDArray[Any]


def of_reports(part: int, whole: int) -> Estimate:
    """A share of reports with its Wilson 95% interval; one report counts once."""
    return share(part, whole, nothing="no report")


def of_sentences(parts: Counts, wholes: Counts) -> Estimate:
    """A share of sentences, given parts and wholes by report: Wilson's interval with the sample size that clustering leaves."""
    part, whole = np.asarray(parts, dtype=float), np.asarray(wholes, dtype=float)
    total = float(whole.sum())
    if total == 0:
        return Estimate(why="no sentence of this kind")
    p, variance = float(part.sum()) / total, _variance(part, whole)
    reports = float((whole > 0).sum())
    effective = min(total, p * (1 - p) / variance) if variance > 0 else total if 0 < p < 1 else reports
    return share(p * effective, effective, nothing="")


def per_thousand(parts: Counts, wholes: Counts) -> Estimate:
    """Events per 1,000 words, given both by report; the interval is that of a ratio of sums over reports, on the logarithmic scale."""
    part, whole = np.asarray(parts, dtype=float), np.asarray(wholes, dtype=float)
    if whole.sum() == 0:
        return Estimate(why="no words")
    rate = float(part.sum() / whole.sum())
    if rate == 0:
        return Estimate(value=0.0, low=0.0, high=round(3000 / float(whole.sum()), 2))
    half = math.exp(Z * math.sqrt(_variance(part, whole)) / rate)
    return Estimate(value=round(1000 * rate, 2), low=round(1000 * rate / half, 2), high=round(1000 * rate * half, 2))


def _variance(part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> float:
    """The linearised variance of sum(part) / sum(whole) with reports as clusters."""
    count = len(part)
    if count < 2:
        return 0.0
    residual = part - part.sum() / whole.sum() * whole
    return float(count / (count - 1) * (residual**2).sum() / whole.sum() ** 2)
