import io

import pypdf
import pytest
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from nlp.errors import UnreadableInputError
from service.documents import NoTextLayerError, read_document


def pdf(*pages: str, password: str | None = None) -> bytes:
    """A PDF with one line of text a page; an empty string is a page without text."""
    writer = pypdf.PdfWriter()
    names = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(key): NameObject(value) for key, value in names.items()})
    for text in pages:
        page = writer.add_blank_page(300, 300)
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})})
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_is_read_page_by_page_and_pages_without_text_are_named():
    text, warnings = read_document("r.pdf", pdf("The nurse failed.", "", "It rained."))
    assert text == "The nurse failed.\n\nIt rained."
    assert warnings[0].startswith("No text on page 2:")


def test_a_scan_says_that_it_needs_ocr():
    with pytest.raises(NoTextLayerError, match="Run OCR"):
        read_document("r.pdf", pdf("", ""))


@pytest.mark.parametrize("content", [b"%PDF-1.4 nothing", b"", pdf("secret", password="x")], ids=["cut short", "empty", "with a password"])
def test_a_pdf_that_cannot_be_opened_is_refused_in_a_sentence(content):
    with pytest.raises(UnreadableInputError, match="password"):
        read_document("r.pdf", content)
