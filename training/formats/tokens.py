"""Tokens for formats that anchor labels to tokens: words and marks, cut further wherever a label starts or ends."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

TOKEN = re.compile(r"\w(?:[\w\u0300-\u036f\u200d]|['’](?=\w))*|\S")


def tokens(text: str, cuts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Tokens in order, half-open code-point offsets. No token holds white space or has a cut inside of it.

    >>> list(tokens("He failed.", [4]))
    [(0, 2), (3, 4), (4, 9), (9, 10)]
    """
    limits = sorted({0, len(text), *cuts})
    for start, end in pairwise(limits):
        for match in TOKEN.finditer(text, start, end):
            yield match.span()
