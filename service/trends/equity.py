"""An equity audit: are reports about one group worded differently, once their length and type are allowed for?

Modified Poisson regression (Zou 2004): log link, robust variance, so that its coefficients are ratios of shares; Holm's correction (1979) over the groups.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import statsmodels.api as sm
from statsmodels.stats.multitest import multipletests
from statsmodels.tools.sm_exceptions import PerfectSeparationError

from nlp.measures import Z
from nlp.report import Estimate
from service.trends.runs import WHEN_MISSING
from service.trends.suppression import Count, hidden_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One group against the reference: the ratio of shares, allowing for length and type, and Holm's p value."""

    group: str
    ratio: Estimate
    p_holm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The comparisons of one column in alphabetical order; `why` says why there is none. `hidden` and `left_out` name groups without a comparison."""

    counts: Mapping[str, Count]
    reference: str | None = None
    comparisons: tuple[Comparison, ...] = ()
    hidden: frozenset[str] = frozenset()
    left_out: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    why: str | None = None


def audit(flagged: npt.NDArray[np.bool_], groups: Sequence[str], words: npt.NDArray[Any], types: Sequence[str]) -> Audit:
    """Compare each group with the largest one. Groups that are too small to show, or in which no report or every report is marked, are left out."""
    names = np.asarray(groups, dtype=object)
    counts = {name: Count(int(flagged[names == name].sum()), int((names == name).sum())) for name in sorted(set(groups))}
    hidden = hidden_groups(counts)
    usable = [name for name in counts if name not in hidden and 0 < counts[name].part < counts[name].whole]
    left_out = tuple(name for name in counts if name not in hidden and name not in usable)
    if len(usable) < 2:
        return Audit(counts=counts, hidden=hidden, left_out=left_out, why="Fewer than two groups are large enough to compare.")
    known = [name for name in usable if name != WHEN_MISSING] or usable
    reference = max(known, key=lambda name: counts[name].whole)
    others = [name for name in usable if name != reference]
    keep = np.isin(names, np.asarray(usable, dtype=object)) & (words > 0)
    design, unadjusted = _design(names[keep], others, words[keep], np.asarray(types, dtype=object)[keep])
    try:
        fit = sm.GLM(flagged[keep].astype(float), design, family=sm.families.Poisson()).fit(cov_type="HC1", maxiter=100)
    except (PerfectSeparationError, np.linalg.LinAlgError, ValueError):
        return Audit(counts=counts, hidden=hidden, left_out=left_out, why="The regression has no solution on these reports.")
    errors, slopes = fit.bse[1 : len(others) + 1], fit.params[1 : len(others) + 1]
    if not fit.converged or not np.all(np.isfinite(errors)):
        return Audit(counts=counts, hidden=hidden, left_out=left_out, why="The regression did not settle on these reports.")
    adjusted = multipletests(fit.pvalues[1 : len(others) + 1], method="holm")[1]
    comparisons = tuple(
        Comparison(group=name, ratio=_ratio(float(slope), float(error)), p_holm=float(p))
        for name, slope, error, p in zip(others, slopes, errors, adjusted, strict=True)
    )
    cautions = (f"{unadjusted} types or lengths coincide with groups and could not be allowed for.",) if unadjusted else ()
    return Audit(counts=counts, reference=reference, comparisons=comparisons, hidden=hidden, left_out=left_out, cautions=cautions)


def _design(names: npt.NDArray[Any], others: Sequence[str], words: npt.NDArray[Any], types: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], int]:
    """Constant, groups, logarithm of the length and its square, and types with 10 reports or more (the most frequent type and the rare ones are the base)."""
    length = np.log(words.astype(float))
    length = length - length.mean()
    kinds, sizes = np.unique(types.astype(str), return_counts=True)
    frequent = [kind for kind, size in zip(kinds, sizes, strict=True) if size >= 10 and kind != kinds[sizes.argmax()]]
    columns = [np.ones(len(names)), *((names == name).astype(float) for name in others)]
    adjusting = [length, length**2] if np.ptp(length) > 0 else []
    adjusting += [(types.astype(str) == kind).astype(float) for kind in frequent]
    return _independent(np.column_stack(columns), adjusting)


def _independent(design: npt.NDArray[Any], adjusting: Sequence[npt.NDArray[Any]]) -> tuple[npt.NDArray[Any], int]:
    """The design with each adjusting column that adds something, and how many do not: a type that is the same as a group would leave no solution."""
    before = design.shape[1]
    for column in adjusting:
        wider = np.column_stack([design, column])
        if np.linalg.matrix_rank(wider) == wider.shape[1]:
            design = wider
    return design, before + len(adjusting) - design.shape[1]


def _ratio(slope: float, error: float) -> Estimate:
    return Estimate(value=round(float(np.exp(slope)), 2), low=round(float(np.exp(slope - Z * error)), 2), high=round(float(np.exp(slope + Z * error)), 2))
