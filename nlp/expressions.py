"""The expressions of the rule files: how they are written, and the small letters in which they are read."""

import re
from collections.abc import Mapping
from types import MappingProxyType

BLANK = re.compile(r"\\.|\[[^\]]*\]| (?![+*?{])")


def lowered(text: str) -> str:
    """The text in small letters, of the same length: the expressions of the rule files are all in small letters."""
    small = text.lower()
    return small if len(small) == len(text) else "".join(one if len(one := letter.lower()) == 1 else letter for letter in text)


def expanded(pattern: str, words: Mapping[str, str] = MappingProxyType({})) -> str:
    """The pattern with its {words} filled in, line breaks dropped and blanks turned into white space (those inside brackets stay)."""
    for name, value in words.items():
        pattern = pattern.replace("{" + name + "}", value)
    return BLANK.sub(lambda match: r"\s+" if match.group() == " " else match.group(), pattern.replace("\n", ""))
