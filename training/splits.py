"""Splits by report and by source, never by sentence."""

import hashlib
from collections.abc import Iterable, Iterator

from training.corpus import Document

SHARES = {"train": 0.8, "dev": 0.1, "test": 0.1}


def split(documents: Iterable[Document], *, hold_out: str | None = None, seed: str = "1", shares: dict[str, float] | None = None) -> Iterator[Document]:
    """Give every document a split by the digest of its group, so that variants stay together and adding documents moves none.

    Args:
        hold_out: a source whose documents all go to `test`, the others being divided between `train` and `dev`.
    """
    wanted = shares or SHARES
    for document in documents:
        if hold_out is None:
            name = _place(f"{seed}:{document.group}", wanted)
        elif document.origin.source == hold_out:
            name = "test"
        else:
            name = _place(f"{seed}:{document.group}", {"train": 1 - wanted["dev"], "dev": wanted["dev"]})
        yield document.model_copy(update={"split": name})


def _place(key: str, shares: dict[str, float]) -> str:
    at = int(hashlib.sha256(key.encode()).hexdigest()[:12], 16) / 16**12 * sum(shares.values())
    for name, share in shares.items():
        at -= share
        if at < 0:
            return name
    return next(reversed(shares))
