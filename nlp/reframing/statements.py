"""On what footing marked words stand: told as an event, supposed, or in a witness's or a rule's mouth. Only an event can be reworded as one."""

import re

from spacy.tokens import Token

from nlp.actors import SUBJECTS
from nlp.reframing.marked import Marked
from nlp.reframing.wording import words

CLOCK = re.compile(r"\b(?:\d{1,2}[:.]\d{2}|\d{4} ?(?:hours|hrs)|\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,}|\d{1,2}/\d{1,2}/\d{2,4}|[A-Z][a-z]{2,} \d{1,2})\b")
ACCORDING = re.compile(
    r"\b(?:according to|as per|per (?:the|our|their|hospital|facility|policy)|in (?:accordance|line) with|based (?:up)?on|pursuant to|"
    r"in (?:his|her|their|my) (?:opinion|view|evidence))\b",
    re.IGNORECASE,
)


def is_supposed(token: Token) -> bool:
    """Whether the word stands under *if*, *whether*, *may*, *could*, *potential* and the like: possible, and not told as an event."""
    for each in (token, *token.ancestors):
        if each.lemma_.lower() in words().possible or any(
            child.dep_ in {"mark", "aux", "advmod"} and child.lower_ in words().supposing for child in each.lefts
        ):
            return True
    return False


def is_reported(verb: Token, marked: Marked) -> bool:
    """Whether somebody says, thinks or requires it, so that it is that voice's expectation and no event."""
    over = [*verb.ancestors]
    said = [*over, *(child for each in over for child in each.lefts if child.dep_ in SUBJECTS)]
    return any(each.lemma_.lower() in words().voices for each in said) or ACCORDING.search(marked.sentence.text) is not None
