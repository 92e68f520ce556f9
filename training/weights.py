"""Where pretrained weights are."""

import importlib
from pathlib import Path

from nlp.errors import UnreadableInputError


def weights_folder(weights: str) -> Path:
    """The folder of pretrained weights: as given, or that of the package of this name.

    Raises:
        UnreadableInputError: neither is there.
    """
    if Path(weights).is_dir():
        return Path(weights)
    try:
        return Path(importlib.import_module(weights).get_model_path())
    except ImportError as error:
        raise UnreadableInputError(f"There are no weights '{weights}': neither a folder nor an installed package. Run 'make train-tools' first.") from error
