"""Every error leaves in one shape, `{"error": {"code", "message", "details"}}`, and never repeats what was sent."""

import logging
from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from nlp.errors import LimitExceededError, SecondStoryError

logger = logging.getLogger(__name__)
CODES = {
    400: "bad_request", 403: "forbidden", 404: "not_found", 405: "method_not_allowed", 409: "conflict", 413: "limit_exceeded", 415: "unsupported_media_type",
    422: "invalid_request", 429: "too_many", 503: "unavailable",
}  # fmt: skip
SAFE_PARTS = {
    "body", "text", "texts", "id", "offset_unit", "file", "query", "path", "header",
    "options", "files", "title", "mapping", "detector", "with_text", "csv", "encoding", "sheet", "audits",
    "report_id", "date", "unit", "type", "severity", "staff_group", "keep", "date_format",
}  # fmt: skip


class Detail(BaseModel):
    """Where in the request, and what is wrong there."""

    where: str
    problem: str


class Problem(BaseModel):
    """What was wrong, what was expected, what to do next."""

    code: str
    message: str
    details: list[Detail] = []


class ErrorAnswer(BaseModel):
    """The one error shape."""

    error: Problem


RESPONSES: dict[int | str, dict[str, Any]] = {
    413: {"model": ErrorAnswer, "description": "Longer than an announced limit."},
    422: {"model": ErrorAnswer, "description": "Not a request that can be read."},
    503: {"model": ErrorAnswer, "description": "Starting, busy or out of time; see Retry-After."},
}


class BusyError(SecondStoryError):
    """The analyser is starting, has too many waiting, or ran out of time."""

    code = "unavailable"


class StatusError(SecondStoryError):
    """An error that knows its HTTP status, and after how many seconds to try again."""

    status = 400
    retry_after = 2


def answer(status: int, message: str, *, code: str | None = None, details: Sequence[Detail] = (), retry_after: int = 2) -> JSONResponse:
    """An error answer in the one shape."""
    problem = Problem(code=code or CODES.get(status, "error"), message=message, details=list(details))
    headers = {"Retry-After": str(retry_after)} if status in {429, 503} else None
    return JSONResponse(ErrorAnswer(error=problem).model_dump(), status_code=status, headers=headers)


def add_handlers(app: FastAPI) -> None:
    """Turn every error into the one shape."""

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        details = [Detail(where=".".join(_place(part) for part in each["loc"]), problem=_problem(each)) for each in error.errors()[:20]]
        return answer(
            422,
            "The request cannot be read. See 'details' for what was expected, and /docs for examples.",
            details=details,
        )

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> JSONResponse:
        messages = {
            404: "There is nothing at this address. The addresses are listed at /docs.",
            405: "This address does not take this method. The methods are listed at /docs.",
            400: "The request body could not be parsed. Send JSON, or a form with files.",
        }
        response = answer(error.status_code, messages.get(error.status_code, "The request could not be handled."))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(SecondStoryError)
    async def ours(_: Request, error: SecondStoryError) -> JSONResponse:
        if isinstance(error, StatusError):
            return answer(error.status, str(error), code=error.code, retry_after=error.retry_after)
        status = 503 if isinstance(error, BusyError) else 413 if isinstance(error, LimitExceededError) else 422
        return answer(status, str(error), code=error.code)

    @app.exception_handler(Exception)
    async def unforeseen(_: Request, error: Exception) -> JSONResponse:
        logger.error("unforeseen %s", type(error).__name__)
        return answer(500, "Something went wrong on our side. The text is not kept; please try again.", code="internal")


def _place(part: str | int) -> str:
    """Names of ours and list places; any other key is the caller's and is not repeated."""
    return str(part) if isinstance(part, int) or part in SAFE_PARTS else "(unknown key)"


def _problem(error: dict[str, Any]) -> str:
    known = {
        "missing": "is required",
        "string_type": "must be a string",
        "list_type": "must be a list",
        "extra_forbidden": "is not a key of this request",
        "json_invalid": "is not valid JSON",
        "string_unicode": "must be valid Unicode without lone surrogates",
        "string_too_long": "is too long",
        "value_error": "send exactly one of 'text' (a string) and 'texts' (a list)",
        "model_attributes_type": "must be an object",
        "model_type": "must be an object",
        "dict_type": "must be an object",
    }
    if error["type"] == "literal_error":
        return f"must be {error['ctx']['expected']}"
    return known.get(error["type"], "is not of the expected kind")
