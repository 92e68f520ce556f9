"""Documents to text and back: .txt, .md, .docx and .pdf. Sizes are checked before anything is unpacked."""

import io
import zipfile
from pathlib import PurePath

import docx
import pypdf
from docx.document import Document
from docx.table import Table

from nlp.errors import LimitExceededError, UnreadableInputError

KINDS = (".txt", ".md", ".docx", ".pdf")
MAX_UNPACKED = 50_000_000
MAX_ENTRIES = 2_000
MAX_PAGES = 2_000
CHUNK = 1 << 16


class NoTextLayerError(UnreadableInputError):
    """A PDF holds pictures of pages and no text."""

    code = "no_text_layer"


def read_document(name: str, content: bytes) -> tuple[str, list[str]]:
    """The text of a document and warnings for the reader.

    Raises:
        UnreadableInputError: the kind is not known or the file is broken.
        NoTextLayerError: a PDF is a scan.
        LimitExceededError: the file has too many pages or unpacks to more than the limit.
    """
    kind = PurePath(name).suffix.lower()
    if kind not in KINDS:
        raise UnreadableInputError(f"This kind of file cannot be read. Use one of: {', '.join(KINDS)}.")
    if kind == ".docx":
        return _read_docx(content), []
    if kind == ".pdf":
        return _read_pdf(content)
    return _decode(content)


def write_docx(text: str) -> bytes:
    """A .docx with one paragraph per line of `text`; characters that XML cannot hold become blanks."""
    document = docx.Document()
    for line in text.splitlines():
        document.add_paragraph("".join(c if (c >= " " and c not in "\ufffe\uffff") or c == "\t" else " " for c in line))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _decode(content: bytes) -> tuple[str, list[str]]:
    warnings: list[str] = []
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError as error:
            raise UnreadableInputError("The file is not text in UTF-8, UTF-16 or Windows-1252. Save it as UTF-8 text.") from error
        warnings = ["The file is not UTF-8; it was read as Windows-1252. Check accented letters and quotation marks."]
    if text.count("\x00") > len(text) // 20:
        raise UnreadableInputError("The file does not hold text. Save it as plain text, Markdown or .docx.")
    return text, warnings


def _read_docx(content: bytes) -> str:
    broken = UnreadableInputError("The file is not a Word document that can be read. Open it in Word and save it as .docx without a password.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_sizes(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        if isinstance(error, LimitExceededError):
            raise
        raise broken from error
    try:
        document = docx.Document(io.BytesIO(content))
        return "\n\n".join(_blocks(document))
    except Exception as error:  # python-docx raises KeyError, XMLSyntaxError and others for broken packages
        raise broken from error


def _read_pdf(content: bytes) -> tuple[str, list[str]]:
    """Page by page, blank lines between; pages without text are named in a warning."""
    too_large = LimitExceededError(f"The PDF has more than {MAX_PAGES:,} pages or {MAX_UNPACKED // 1_000_000} MB of text. Split it.")
    pages: list[str] = []
    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if len(reader.pages) > MAX_PAGES:
            raise too_large
        for page in reader.pages:
            pages.append(page.extract_text().encode(errors="replace").decode().strip())
            if sum(map(len, pages)) > MAX_UNPACKED:
                raise too_large
    except LimitExceededError:
        raise
    except Exception as error:  # pypdf raises its own errors, KeyError, RecursionError and others for broken files
        raise UnreadableInputError("The file is not a PDF that can be read. Open it, and save or print it as PDF without a password.") from error
    blank = [str(number) for number, page in enumerate(pages, 1) if not page]
    if len(blank) == len(pages):
        raise NoTextLayerError("The PDF has no text layer: its pages are pictures. Run OCR on it first.")
    warnings = [f"No text on page {', '.join(blank[:20])}: a picture or a blank page. Run OCR if text is missing."] if blank else []
    return "\n\n".join(page for page in pages if page), warnings


def _check_sizes(archive: zipfile.ZipFile) -> None:
    """Unpack in small steps and stop at the limit; the sizes that a file declares are not believed."""
    too_large = LimitExceededError(f"The document unpacks to more than {MAX_UNPACKED // 1_000_000} MB. Remove pictures or split it.")
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise too_large
    total = 0
    for entry in entries:
        with archive.open(entry) as file:
            while chunk := file.read(CHUNK):
                total += len(chunk)
                if total > MAX_UNPACKED:
                    raise too_large


def _blocks(document: Document) -> list[str]:
    """Paragraphs and tables in their order; a table row is a line, cells parted by tabs."""
    blocks = []
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            blocks.append("\n".join("\t".join(cell.text for cell in row.cells) for row in block.rows))
        elif block.text.strip():
            blocks.append(block.text)
    return blocks
