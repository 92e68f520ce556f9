"""The plain word list: for the baselines that stand beside every model, and to count hard negatives (a listed word, and no blame)."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path


def trigger_spans(text: str, start: int = 0) -> list[tuple[int, int, str]]:
    """Start, end and category of every listed word in the text; offsets begin at `start`."""
    return [(start + match.start(), start + match.end(), match.lastgroup or "") for match in _pattern().finditer(text)]


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    with Path(__file__).with_name("wordlist.toml").open("rb") as file:
        entries = tomllib.load(file)
    groups = (f"(?P<{category}>{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})" for category, words in entries.items())
    return re.compile(rf"\b(?:{'|'.join(groups)})\b", re.IGNORECASE)
