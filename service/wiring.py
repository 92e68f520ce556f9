"""The one place where parts are chosen."""

from nlp.analyzer import Analyzer
from nlp.parsing import Parser
from nlp.rules import RuleDetector


def build_analyzer() -> Analyzer:
    """The analyser that this version releases: rules alone."""
    return Analyzer(Parser(), [RuleDetector()])
