"""Offset units: what a tool counted, decided by comparing slices with the words it recorded, and turned into code points.

A tool may also have counted on a text whose line ends it changed; where the recorded words prove it, that is repaired.
"""

import re
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Literal, NamedTuple

from nlp.errors import UnreadableInputError
from training.formats.records import needed

Unit = Literal["codepoint", "utf16", "grapheme"]
UnitChoice = Literal["auto", "codepoint", "utf16", "grapheme"]
Newlines = Literal["same", "lf", "crlf"]
Spans = tuple[tuple[int, int], ...]
UNITS: tuple[Unit, ...] = ("codepoint", "utf16", "grapheme")
BLANK = re.compile(r"\r\n|\\n|\s")


class Region(NamedTuple):
    """Offsets as a tool wrote them, with the words it recorded there; None if it records none."""

    start: int
    end: int
    words: str | None = None


class Resolution(NamedTuple):
    """The regions in code points; `repaired` counts words and line ends that differ from the text."""

    spans: Spans
    repaired: int


def resolve(
    text: str,
    regions: Sequence[Region],
    *,
    unit: UnitChoice = "auto",
    native: Unit | None = None,
    newlines: tuple[Newlines, ...] = ("same", "lf", "crlf"),
) -> Resolution:
    """The regions in code points of `text`.

    Args:
        unit: `auto` takes the unit in which every region cuts out its recorded words.
        native: decides where the words fit several units with different results; None refuses then.
        newlines: how the tool may have counted line ends, most likely first: as in the text, as one, or as two.

    Raises:
        UnreadableInputError: no unit fits, or several do; the message has offsets and never words.
    """
    units = UNITS if unit == "auto" else (unit,)
    has_words = any(region.words is not None for region in regions)
    for counted in newlines if has_words else newlines[:1]:
        cuts = {each: spans for each in units if (spans := _cut(regions, boundaries(text, each, counted))) is not None}
        for is_like in (str.__eq__, _is_alike):
            fits = {each: spans for each, spans in cuts.items() if _fits(text, regions, spans, is_like)}
            if fits:
                spans = _choice(fits, native)
                unlike = sum(words not in {None, text[start:end]} for (_, _, words), (start, end) in zip(regions, spans, strict=True))
                return Resolution(spans, unlike + (counted != newlines[0]))
    what = "recorded words are not at the recorded offsets" if has_words else "offsets lie outside of the text"
    raise UnreadableInputError(
        f"the {what} in {'any unit' if unit == 'auto' else unit} ({_first_misfit(text, regions)}); was the text edited, or is the unit another?"
    )


def boundaries(text: str, unit: Unit, newlines: Newlines = "same") -> list[int | None]:
    """For every offset in `unit` the code-point offset it stands for; None inside of a character."""
    if newlines == "same" and (unit == "codepoint" or (text.isascii() and "\r\n" not in text)):
        return list(range(len(text) + 1))
    pieces = needed("regex").findall(r"\X", text) if unit == "grapheme" else re.findall(r"\r\n|[\s\S]" if newlines == "lf" else r"[\s\S]", text)
    found: list[int | None] = []
    at, before = 0, ""
    for piece in pieces:
        width = 2 if unit == "utf16" and piece > "\uffff" else 1
        if newlines == "crlf" and piece == "\n" and before != "\r":
            width = 2
        found += [at] + [None] * (width - 1)
        at, before = at + len(piece), piece
    return [*found, at]


def utf16_offsets(text: str) -> list[int]:
    """For every code-point offset the offset in UTF-16 units."""
    return [0, *accumulate(2 if character > "\uffff" else 1 for character in text)]


def _cut(regions: Sequence[Region], limits: list[int | None]) -> Spans | None:
    found = []
    for start, end, _ in regions:
        if not 0 <= start <= end < len(limits):
            return None
        first, last = limits[start], limits[end]
        if first is None or last is None:
            return None
        found.append((first, last))
    return tuple(found)


def _fits(text: str, regions: Sequence[Region], spans: Spans, is_like: Callable[[str, str], bool]) -> bool:
    pairs = zip(regions, spans, strict=True)
    return all(words is None or is_like(text[start:end], words) for (_, _, words), (start, end) in pairs)


def _is_alike(one: str, other: str) -> bool:
    """The same but for line ends (also as a backslash and n, which Label Studio writes) and kinds of blank."""
    return BLANK.sub(" ", one) == BLANK.sub(" ", other)


def _choice(fits: dict[Unit, Spans], native: Unit | None) -> Spans:
    if len(set(fits.values())) == 1:
        return next(iter(fits.values()))
    if native in fits:
        return fits[native]
    raise UnreadableInputError(
        f"the offset unit cannot be told ({', '.join(fits)} all fit and differ): the text has emoji, combining marks or CRLF. Name it with --unit"
    )


def _first_misfit(text: str, regions: Sequence[Region]) -> str:
    for start, end, words in regions:
        if not 0 <= start <= end <= len(text) or (words is not None and not _is_alike(text[start:end], words)):
            return f"first at {start}..{end}"
    return "all fit as code points"
