"""spaCy's attribute ruler with a memory: what it says of a token follows from few of the token's attributes, and its matcher is as slow as the parser."""

import re
from collections.abc import Iterator
from typing import Any, cast

import numpy as np
from spacy.language import Language
from spacy.pipeline import AttributeRuler
from spacy.tokens import Doc

REMEMBERED_ATTRIBUTES = "remembered_attributes"
READS: list[int | str] = ["TAG", "LOWER", "DEP", "IS_SPACE"]
WRITES: list[int | str] = ["TAG", "POS", "MORPH", "LEMMA", "DEP"]
Key = tuple[int, int, int, int]


class RememberingRuler:
    """Gives every token the attributes that the ruler would give. A sentence with words that the ruler reads together (*there is*, *gon na*) goes to it."""

    def __init__(self, ruler: AttributeRuler) -> None:
        self._ruler = ruler
        strings = ruler.vocab.strings
        patterns = [pattern for row in cast(list[dict[str, Any]], ruler.patterns) for pattern in row["patterns"]]
        self._words = {strings.add(word) for pattern in patterns for token in pattern for word in _words(token.get("LOWER"))}
        together = [pattern[0] for pattern in patterns if len(pattern) > 1]
        by_expression = [token["LOWER"]["REGEX"] for pattern in patterns for token in pattern if "REGEX" in (token.get("LOWER") or {})]
        self._expressions = re.compile("|".join(by_expression))
        self._odd_words = {strings.add(word) for token in together for word in _words(token.get("LOWER"))}
        self._odd_roles = {strings.add(token["DEP"]) for token in together if "LOWER" not in token}
        self._strings = strings
        self._seen: dict[int, int | None] = {}
        self._known: dict[Key, tuple[int, ...]] = {}

    def __call__(self, doc: Doc) -> Doc:
        """The document with its attributes set."""
        keys = self._keys(doc)
        if keys is not None and all(key in self._known for key in keys):
            doc.from_array(WRITES, np.array([self._known[key] for key in keys], np.uint64).reshape(-1, len(WRITES)))  # type: ignore[arg-type]  # thinc's name for it
            return doc
        doc = self._ruler(doc)
        if keys is not None:
            self._known.update(zip(keys, map(tuple, doc.to_array(WRITES).tolist()), strict=True))
        return doc

    def _keys(self, doc: Doc) -> list[Key] | None:
        """What the ruler reads of every token; None where it reads several together."""
        keys: list[Key] = []
        for tag, lower, role, space in doc.to_array(READS).tolist():
            word = self._seen.get(lower, -1)
            if word == -1:
                word = self._seen[lower] = self._read_as(lower)
            if word is None or role in self._odd_roles:
                return None
            keys.append((tag, word, role, space))
        return keys

    def _read_as(self, lower: int) -> int | None:
        """The word where a pattern names it, 0 where none does, None where it may be read with others."""
        if lower in self._odd_words or self._expressions.search(self._strings[lower]):
            return None
        return lower if lower in self._words else 0


@Language.factory(REMEMBERED_ATTRIBUTES)
def _remembering(nlp: Language, name: str) -> RememberingRuler:
    return RememberingRuler(nlp.get_pipe("attribute_ruler"))  # type: ignore[arg-type]  # the pipe of that name


def _words(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif told:
        yield from told.get("IN", ())
