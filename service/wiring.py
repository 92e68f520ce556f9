"""The one place where parts are chosen."""

import logging
from typing import Literal

from models.artefact import ArtefactError, released_folder
from models.detector import ModelDetector
from nlp.analyzer import Analyzer, Suggester
from nlp.errors import UnreadableInputError
from nlp.parsing import Parser
from nlp.reframing.suggester import NoSuggester, RuleSuggester
from nlp.rules import RuleDetector
from service.settings import Settings

logger = logging.getLogger(__name__)
Choice = Literal["released", "rules", "model", "hybrid"]


def build_analyzer(choice: Choice = "released", *, settings: Settings | None = None, threads: int | None = None, suggest: bool = True) -> Analyzer:
    """The analyser with these detectors. `released` is what measured best: network and rules together, or the rules alone where no artefact is there.

    With `settings` that name a language model, it suggests beside the rules. `threads` bounds those of one network run; None leaves it to the runtime;
    without `suggest` it only marks and labels.

    Raises:
        UnreadableInputError: a model is asked for and none is released.
        ArtefactError: the released model cannot be used, and it was asked for by name.
        LanguageModelError: the language model's address cannot be used.
    """
    parser = Parser()
    suggester = _suggester(parser, settings) if suggest else NoSuggester()
    detector = None if choice == "rules" else _released(choice, threads)
    if detector is None:
        return Analyzer(parser, [RuleDetector()], suggester=suggester)
    return Analyzer(parser, [detector], labeller=detector, model=detector.manifest.title, suggester=suggester)


def _released(choice: Choice, threads: int | None) -> ModelDetector | None:
    """The released model; None where the rules stand in for it."""
    try:
        folder = released_folder()
        if folder is not None:
            return ModelDetector.from_artefact(folder, with_rules=choice != "model", threads=threads)
    except ArtefactError as error:
        if choice != "released":
            raise
        logger.warning("model_unusable", extra={"status": error.code})
    if choice == "released":
        return None
    raise UnreadableInputError("No model is released with this installation. Use --detector rules, or release one with 'secondstory promote'.")


def _suggester(parser: Parser, settings: Settings | None) -> Suggester:
    rules = RuleSuggester(parser)
    if settings is None or not settings.llm_url:
        return rules
    from service.language_model import LanguageModelSuggester

    return LanguageModelSuggester.at(settings.llm_url, settings.llm_model, seconds=settings.llm_timeout, rules=rules, parser=parser)
