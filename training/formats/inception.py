"""INCEpTION's UIMA CAS (XMI, or JSON), in and out, through cassis, which turns UTF-16 offsets into code points.

Laid out as INCEpTION exports a project: `annotation/<document>/<annotator>.xmi`, bare or zipped with its type system.
"""

import io
import re
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote

from nlp.errors import UnreadableInputError
from training.corpus import GOLD, Document, Layer
from training.formats.draft import Draft, Mark, Options
from training.formats.records import contents, empty_folder, file_name, needed, read_cards, text_of, unzipped, write_cards
from training.formats.vocabulary import FIELD_OF, FIELDS, sentence_labels

BLAME, LABEL = "webanno.custom.Blame", "webanno.custom.SentenceLabel"
SENTENCE = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Sentence"
NAMED_ENTITY = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity"
CATEGORY_FEATURES = {"category", "value", "label"}
NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOBODY, CURATOR = "INITIAL_CAS", "CURATION_USER"


def drafts(path: Path, options: Options) -> Iterator[Draft]:
    """Drafts of a file, of a zip or folder of them, or of a project's export. The curated document is the layer `gold`."""
    cards = read_cards(path) if path.is_dir() else {}
    schemas = {str(name.parent): content for name, content in contents(path, "TypeSystem.xml") if name.name == "TypeSystem.xml"}
    if path.is_file() and (beside := path.with_name("TypeSystem.xml")).is_file():
        schemas["."] = beside.read_bytes()
    files = list(contents(path, ".xmi", ".json", ".zip"))
    for name, content in [each for each in files if is_in_layout(each[0])] or files:
        schema = next((schemas[str(folder)] for folder in name.parents if str(folder) in schemas), None)
        if name.suffix != ".zip":
            yield _draft(name, _loaded(name.name, content, schema), cards)
            continue
        inner = {each.name: cas for each, cas in unzipped(name, content)}
        for each, cas in inner.items():
            if each.endswith((".xmi", ".json")):
                yield _draft(name.with_name(each), _loaded(each, cas, inner.get("TypeSystem.xml", schema)), cards)


def is_in_layout(name: PurePosixPath) -> bool:
    """Whether a file is where INCEpTION puts one annotator's reading of a document."""
    return len(name.parents) > 2 and name.parent.parent.name in {"annotation", "curation"}


def _loaded(name: str, content: bytes, schema: bytes | None) -> Any:
    cassis = needed("cassis")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            if name.endswith(".json"):
                return cassis.load_cas_from_json(io.BytesIO(content))
            types = cassis.load_typesystem(io.BytesIO(schema)) if schema else typesystem()
            return cassis.load_cas_from_xmi(io.BytesIO(content), typesystem=types, lenient=schema is None)
    except Exception as error:  # the library raises bare exceptions, and warns of offsets inside of a character
        raise UnreadableInputError(
            f"'{name}' is not a UIMA CAS that can be read ({type(error).__name__}). Export it with its TypeSystem.xml and keep that beside it."
        ) from error


def _draft(name: PurePosixPath, cas: Any, cards: dict[str, Document]) -> Draft:
    stem, annotator, card = whose(name, cards)
    marks: list[Mark] = []
    skipped = 0
    sentences = []
    for found in cas.select_all_annotations():
        if found.type.name == SENTENCE:
            sentences.append((found.begin, found.end))
        elif is_of_interest(found.type.name):
            features = {feature.name: _plain(found[feature.name]) for feature in found.type.features}
            made = list(marks_of(features, found.begin, found.end)) if found.begin is not None and found.end is not None else []
            skipped += not made
            marks += made
    return Draft(
        id=stem,
        text=cas.sofa_string or "",
        marks=() if annotator == NOBODY else tuple(marks),
        annotator=annotator,
        sentences=tuple(sentences) or None,
        card=card,
        is_converted=True,
        is_answered=card is not None and annotator not in {None, NOBODY},
        skipped=skipped,
    )


def whose(name: PurePosixPath, cards: dict[str, Document]) -> tuple[str, str | None, Document | None]:
    """Document, annotator and card of a file. Only a file in the layout says whose it is; the curator's is the layer `gold`."""
    if not is_in_layout(name):
        return name.stem, None, cards.get(name.stem)
    card = cards.get(name.parent.name)
    annotator = unquote(name.stem) if card else name.stem
    return name.parent.name, GOLD if annotator == CURATOR else annotator, card


def is_of_interest(type_name: str) -> bool:
    """Whether a layer is somebody's own or of named entities; the rest is segmentation, grammar and machinery."""
    return type_name == NAMED_ENTITY or not type_name.startswith(("uima.", "de.tudarmstadt.", "org.dkpro."))


def marks_of(features: dict[str, Any], start: int, end: int) -> Iterator[Mark]:
    """What an annotation says, by the names of its features; nothing if none is known."""
    is_reported = str(features.get("reported")).casefold() in {"true", "1", "reported"}
    for name, value in features.items():
        kind = FIELDS.get(name.casefold())
        if name.casefold() not in CATEGORY_FEATURES and kind in {None, "reported"}:
            continue
        for label in value if isinstance(value, list) else [value]:
            if label:
                yield Mark(label=str(label), kind=kind, start=start, end=end, reported=is_reported and kind is None)


def _plain(value: Any) -> Any:
    return value.elements or [] if hasattr(value, "elements") else value


def typesystem() -> Any:
    """Our two layers beside DKPro's sentences, as `secondstory corpus project --tool inception` sets them up."""
    types = needed("cassis").TypeSystem()
    types.create_type(SENTENCE)
    blame, label = types.create_type(BLAME), types.create_type(LABEL)
    types.create_feature(blame, "category", "uima.cas.String")
    types.create_feature(blame, "reported", "uima.cas.Boolean")
    for kind, name in FIELD_OF.items():
        types.create_feature(label, name, "uima.cas.StringArray" if kind == "factor" else "uima.cas.String")
    return types


def features_of(layer: Layer, at: int) -> dict[str, Any]:
    """The features of one sentence's annotation: a list for factors, and nothing for what was not labelled."""
    found: dict[str, Any] = {}
    for kind, value in sentence_labels(layer, at):
        if kind == "factor":
            found.setdefault(FIELD_OF[kind], []).append(value)
        else:
            found[FIELD_OF[kind]] = value
    return found


def write(documents: Iterable[Document], path: Path) -> None:
    """A folder in INCEpTION's layout with the type system and the documents' own data.

    Raises:
        UnreadableInputError: a text has characters that XML cannot hold.
    """
    found = list(documents)
    for document in found:
        if NOT_XML.search(text_of(document)):
            raise UnreadableInputError(f"Document {document.id!r} holds control characters, which XML cannot. Use another format.")
    empty_folder(path)
    types = typesystem()
    for document in found:
        folder = path / "annotation" / file_name(document.id)
        folder.mkdir(parents=True)
        for layer in document.layers or (None,):
            _cas(document, layer, types).to_xmi(folder / f"{file_name(layer.annotator) if layer else NOBODY}.xmi")
    (path / "TypeSystem.xml").write_text(types.to_xml(), encoding="utf-8")
    write_cards(found, path)


def _cas(document: Document, layer: Layer | None, types: Any) -> Any:
    cas = needed("cassis").Cas(typesystem=types)
    cas.sofa_string, cas.sofa_mime = text_of(document), "text/plain"
    array = types.get_type("uima.cas.StringArray")
    for at, mark in enumerate(document.sentences):
        cas.add(types.get_type(SENTENCE)(begin=mark.start, end=mark.end))
        features = features_of(layer, at) if layer else {}
        if features:
            plain = {name: array(elements=value) if isinstance(value, list) else value for name, value in features.items()}
            cas.add(types.get_type(LABEL)(begin=mark.start, end=mark.end, **plain))
    for span in layer.spans if layer else ():
        cas.add(types.get_type(BLAME)(begin=span.start, end=span.end, category=span.category, reported=span.reported))
    return cas
