"""The one place where parts are chosen."""

import logging
from typing import Literal

from models.artefact import ArtefactError, released_folder
from models.detector import ModelDetector
from nlp.analyzer import Analyzer
from nlp.errors import UnreadableInputError
from nlp.parsing import Parser
from nlp.rules import RuleDetector

logger = logging.getLogger(__name__)
Choice = Literal["released", "rules", "model", "hybrid"]


def build_analyzer(choice: Choice = "released", *, threads: int | None = None) -> Analyzer:
    """The analyser with these detectors. `released` is what measured best: network and rules together, or the rules alone where no artefact is there.

    `threads` bounds those of one network run; None leaves it to the runtime.

    Raises:
        UnreadableInputError: a model is asked for and none is released.
        ArtefactError: the released model cannot be used, and it was asked for by name.
    """
    if choice == "rules":
        return Analyzer(Parser(), [RuleDetector()])
    try:
        folder = released_folder()
        if folder is not None:
            detector = ModelDetector.from_artefact(folder, with_rules=choice != "model", threads=threads)
    except ArtefactError as error:
        if choice != "released":
            raise
        logger.warning("model_unusable", extra={"status": error.code})
        folder = None
    if folder is None:
        if choice == "released":
            return Analyzer(Parser(), [RuleDetector()])
        raise UnreadableInputError("No model is released with this installation. Use --detector rules, or release one with 'secondstory promote'.")
    return Analyzer(Parser(), [detector], labeller=detector, model=detector.manifest.title)
