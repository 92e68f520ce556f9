"""On what footing marked words stand: told as an event, supposed, or in a witness's or a rule's mouth. Only an event can be reworded as one."""

import re

from spacy.tokens import Token

from nlp.reframing.marked import Marked
from nlp.reframing.wording import words

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
    return any(each.lemma_.lower() in words().voices for each in verb.ancestors) or ACCORDING.search(marked.sentence.text) is not None
