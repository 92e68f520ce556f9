"""`POST /v1/analyze`: one text or a list; `GET /v1/taxonomy`."""

from dataclasses import dataclass

from fastapi import APIRouter, Request

from nlp.errors import LimitExceededError
from nlp.report import Analysis, Report
from nlp.taxonomy import Taxonomy, load
from service.engine import Engine
from service.errors import RESPONSES
from service.offsets import to_utf16
from service.requests import AnalyzeRequest
from service.settings import Settings

router = APIRouter(prefix="/v1")


@dataclass(frozen=True, slots=True)
class Analyses:
    """The answer to a list of texts, in order."""

    analyses: list[Analysis]


@router.post("/analyze", responses=RESPONSES)
async def analyze(body: AnalyzeRequest, request: Request) -> Analysis | Analyses:
    """Mark wording, with reasons and suggestions. Offsets are in `offset_unit`; nothing is stored."""
    settings: Settings = request.app.state.settings
    engine: Engine = request.app.state.engine
    reports = _reports(body)
    if len(reports) > settings.max_texts:
        raise LimitExceededError(f"There are {len(reports)} texts; at most {settings.max_texts} fit in one request.")
    for place, report in enumerate(reports):
        if len(report.text) > settings.max_text_chars:
            raise LimitExceededError(
                f"Text {place + 1} has {len(report.text):,} characters; at most {settings.max_text_chars:,} are taken. Send it in parts; nothing was cut."
            )
    analyses = await engine.analyze_all(reports)
    if body.offset_unit == "utf16":
        analyses = [to_utf16(analysis, report.text) for analysis, report in zip(analyses, reports, strict=True)]
    return analyses[0] if body.text is not None else Analyses(analyses)


@router.get("/taxonomy")
async def taxonomy() -> Taxonomy:
    """Every label with its definition, examples and source."""
    return load()


def _reports(body: AnalyzeRequest) -> list[Report]:
    if body.text is not None:
        return [Report(body.id or "text", body.text)]
    return [Report(each.id or f"text-{place}", each.text) for place, each in enumerate(body.texts or [], 1)]
