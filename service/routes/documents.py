"""Documents in and out, for the page. Files are read in memory and not kept."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from nlp.errors import LimitExceededError
from service.documents import read_document, write_docx
from service.errors import RESPONSES
from service.requests import DocumentText

router = APIRouter(prefix="/v1/documents")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class DocumentAnswer:
    """The text of a document, with warnings for the reader."""

    text: str
    warnings: list[str]


@router.post("", responses=RESPONSES)
async def read(file: Annotated[UploadFile, File(description=".txt, .md, .docx or .pdf")], request: Request) -> DocumentAnswer:
    """The text of a .txt, .md, .docx or .pdf file."""
    text, warnings = await run_in_threadpool(read_document, file.filename or "", await file.read())
    limit = request.app.state.settings.max_text_chars
    if len(text) > limit:
        raise LimitExceededError(f"The document has {len(text):,} characters; at most {limit:,} are taken. Send it in parts.")
    return DocumentAnswer(text, warnings)


@router.post("/docx", responses=RESPONSES, response_class=Response)
async def write(body: DocumentText) -> Response:
    """The text as a .docx file."""
    content = await run_in_threadpool(write_docx, body.text)
    return Response(content, media_type=DOCX, headers={"Content-Disposition": 'attachment; filename="report.docx"'})
