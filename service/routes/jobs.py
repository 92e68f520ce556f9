"""Batch jobs: upload, follow, cancel, download, delete."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Header, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.datastructures import UploadFile as FormFile

from nlp.errors import SecondStoryError
from service.errors import RESPONSES, ErrorAnswer
from service.jobs.archive import stream_zip
from service.jobs.columns import ColumnNames, read_columns
from service.jobs.desk import JobDesk
from service.jobs.errors import CrossSiteError
from service.jobs.job import Job
from service.jobs.options import JobOptions
from service.settings import Settings

POLL_SECONDS = 0.5
MAX_OPTIONS_BYTES = 100_000
UPLOADS = ("/v1/jobs", "/v1/jobs/columns")  # where a body may be as large as an upload


def same_site(request: Request, sec_fetch_site: Annotated[str | None, Header(include_in_schema=False)] = None) -> None:
    """Pages of other sites may not start or end jobs through a visitor's browser; programs send no such header."""
    if request.method != "GET" and sec_fetch_site in {"cross-site", "same-site"}:
        raise CrossSiteError("Jobs can be started and ended from this service's own page or by a program, not from another site's page.")


def desk(request: Request) -> JobDesk:
    """The desk of this service."""
    return request.app.state.jobs  # type: ignore[no-any-return]  # set by create_app


def found(job_id: str, jobs: Annotated[JobDesk, Depends(desk)]) -> Job:
    """The job that the address names."""
    return jobs.get(job_id)


def _problem(text: str) -> dict[str, Any]:
    return {"model": ErrorAnswer, "description": text}


Desk = Annotated[JobDesk, Depends(desk)]
Found = Annotated[Job, Depends(found)]
FAILURES: dict[int | str, dict[str, Any]] = {404: _problem("No such job here."), 503: RESPONSES[503]}
NOT_ENDED: dict[int | str, dict[str, Any]] = {409: _problem("Not in the state that this needs.")}
UPLOAD: dict[int | str, dict[str, Any]] = {
    400: _problem("Not a form with files."), 403: _problem("Sent by another site's page."), 429: _problem("The queue is full; see Retry-After."),
}  # fmt: skip
FORM = {
    "type": "object",
    "required": ["files"],
    "properties": {
        "files": {"type": "array", "items": {"type": "string", "format": "binary"}, "description": "Tables or documents; see docs/batch.md."},
        "options": {"type": "string", "contentMediaType": "application/json", "description": "JobOptions as JSON; left out: the defaults."},
    },
}
router = APIRouter(prefix="/v1/jobs", dependencies=[Depends(same_site)], tags=["jobs"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a job may hold, and how long it is kept."""

    max_queued_jobs: int
    max_upload_bytes: int
    max_upload_files: int
    retention_days: int


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs that this service holds, newest first."""

    jobs: list[Job]
    limits: Limits


@router.post("", status_code=202, responses={**RESPONSES, **UPLOAD}, openapi_extra={"requestBody": {"content": {"multipart/form-data": {"schema": FORM}}}})
async def submit(request: Request, jobs: Desk) -> Job:
    """Send files and options; the job waits for its turn. The uploads are deleted when it ends."""
    settings: Settings = request.app.state.settings
    job_id = await run_in_threadpool(jobs.reserve)
    try:
        async with request.form(max_files=settings.max_upload_files, max_fields=1, max_part_size=MAX_OPTIONS_BYTES) as form:
            options = _options(form)
            files = [(each.filename or "", each.file) for each in form.getlist("files") if isinstance(each, FormFile)]
            return await run_in_threadpool(jobs.submit, job_id, options, files)
    except BaseException:
        await asyncio.shield(run_in_threadpool(jobs.abandon, job_id))
        raise


@router.post("/columns", responses=RESPONSES)
async def columns(file: Annotated[UploadFile, File(description="A table; for text tables the first megabyte will do.")]) -> ColumnNames:
    """The column names of a table, to map them. Nothing is kept."""
    return await run_in_threadpool(read_columns, file.filename or "", file.file, size=file.size or 0)


@router.get("", responses={503: RESPONSES[503]})
def newest(request: Request, jobs: Desk) -> Jobs:
    """The jobs that this service holds, newest first, and its limits."""
    settings: Settings = request.app.state.settings
    return Jobs(jobs.newest(), Limits(**{name: getattr(settings, name) for name in Limits.__dataclass_fields__}))


@router.get("/{job_id}", responses=FAILURES)
def one(job: Found) -> Job:
    """How far a job is."""
    return job


@router.get("/{job_id}/events", responses=FAILURES, response_class=EventSourceResponse)
async def events(job: Found, jobs: Desk, last_event_id: Annotated[str | None, Header()] = None) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events: `queued`, `running` (with the rows so far) and at last `done`, `failed` or `cancelled`, each with the job.

    The id of an event is the job's `version`; with `Last-Event-ID` only what is newer comes. The last event always comes.
    """
    seen = int(last_event_id) if last_event_id and last_event_id.isdecimal() else -1
    while True:
        if job.version > seen or job.has_ended:
            seen = job.version
            yield ServerSentEvent(event=job.state, id=str(seen), data=job)
        if job.has_ended:
            return
        await asyncio.sleep(POLL_SECONDS)
        try:
            job = await run_in_threadpool(jobs.get, job.id)
        except SecondStoryError:
            return  # the reader asks again, and then gets the error with its status


@router.post("/{job_id}/cancel", responses=FAILURES)
def cancel(job: Found, jobs: Desk) -> Job:
    """End a job; its uploads and partial tables are deleted. A job that has ended stays as it is."""
    return jobs.cancel(job.id)


@router.get("/{job_id}/result", responses={**FAILURES, **NOT_ENDED}, response_class=StreamingResponse)
def result(job: Found, jobs: Desk) -> StreamingResponse:
    """The tables as a zip."""
    headers = {"Content-Disposition": f'attachment; filename="second-story-{job.id[:8]}.zip"'}
    return StreamingResponse(stream_zip(jobs.run(job.id)), media_type="application/zip", headers=headers)


@router.get("/{job_id}/report", responses={**FAILURES, **NOT_ENDED}, response_class=FileResponse)
def report(job: Found, jobs: Desk) -> FileResponse:
    """What the tables show, as one page with plots."""
    return FileResponse(jobs.report(job.id), media_type="text/html; charset=utf-8")


@router.delete("/{job_id}", status_code=204, responses={**FAILURES, **NOT_ENDED})
def delete(job: Found, jobs: Desk) -> None:
    """Remove a job that has ended, with its results."""
    jobs.delete(job.id)


def _options(form: FormData) -> JobOptions:
    sent = form.get("options")
    if isinstance(sent, FormFile):
        raise RequestValidationError([{"type": "string_type", "loc": ("body", "options")}])
    try:
        return JobOptions.model_validate_json(sent or "{}")
    except ValidationError as error:
        raise RequestValidationError([{**each, "loc": ("body", "options", *each["loc"])} for each in error.errors()]) from error
