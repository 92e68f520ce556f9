"""What the share of reports with blame wording would be if the tool made no errors (Rogan and Gladen 1978; interval of Lang and Reiczigel 2014)."""

import math
from dataclasses import dataclass

from nlp.measures import Z
from nlp.report import Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """Sensitivity and specificity as measured by readers. `positives` and `negatives` are (effective) numbers of reports behind each."""

    sensitivity: float
    specificity: float
    positives: float
    negatives: float


def corrected_share(part: int, whole: int, accuracy: Accuracy) -> Estimate:
    """The corrected share with its 95% interval; no value where the tool agrees with its readers no better than chance."""
    if not whole:
        return Estimate(why="no report")
    if accuracy.sensitivity + accuracy.specificity <= 1:
        return Estimate(why="the check found the marks no better than chance")
    seen = part / whole
    value = (seen + accuracy.specificity - 1) / (accuracy.sensitivity + accuracy.specificity - 1)
    reports, positives, negatives = whole + Z * Z, accuracy.positives + 2, accuracy.negatives + 2
    seen = (part + Z * Z / 2) / reports
    sensitivity = (accuracy.sensitivity * accuracy.positives + 1) / positives
    specificity = (accuracy.specificity * accuracy.negatives + 1) / negatives
    youden = sensitivity + specificity - 1
    if youden <= 0:
        return Estimate(why="the check sample is too small for a correction")
    adjusted = (seen + specificity - 1) / youden
    hits, rejections = sensitivity * (1 - sensitivity) / positives, specificity * (1 - specificity) / negatives
    error = math.sqrt(seen * (1 - seen) / reports + hits * adjusted**2 + rejections * (1 - adjusted) ** 2) / youden
    centre = adjusted + 2 * Z * Z * (adjusted * hits - (1 - adjusted) * rejections)
    return Estimate(value=_share(value), low=_share(centre - Z * error), high=_share(centre + Z * error))


def _share(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 4)
