"""INCEpTION's UIMA CAS."""

import zipfile

import pytest

from nlp.errors import UnreadableInputError
from training.corpus import BlameSpan
from training.formats import FORMATS, detect
from training.formats.draft import Options
from training.formats.inception import typesystem

cassis = pytest.importorskip("cassis")
TEXT = "😀 The nurse is to blame."
XMI = f"""<?xml version="1.0" encoding="UTF-8"?>
<xmi:XMI xmlns:custom="http:///custom.ecore" xmlns:cas="http:///uima/cas.ecore" xmlns:xmi="http://www.omg.org/XMI" xmi:version="2.0">
<cas:NULL xmi:id="0"/>
<custom:Blame xmi:id="2" sofa="1" begin="13" end="24" value="BLAME" reason="hindsight"/>
<custom:Blame xmi:id="3" sofa="1" begin="0" end="2"/>
<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text/plain" sofaString="{TEXT}"/>
<cas:View sofa="1" members="2 3"/>
</xmi:XMI>"""


def foreign_types():
    types = cassis.TypeSystem()
    blame = types.create_type("custom.Blame")
    types.create_feature(blame, "value", "uima.cas.String")
    types.create_feature(blame, "reason", "uima.cas.String")
    return types.to_xml()


def read(path, **labels):
    return FORMATS["inception"].read(path, Options(labels=labels))


def test_utf16_offsets_of_somebody_elses_layer(tmp_path):
    (tmp_path / "report.xmi").write_text(XMI, encoding="utf-8")
    (tmp_path / "TypeSystem.xml").write_text(foreign_types(), encoding="utf-8")
    for path in (tmp_path, tmp_path / "report.xmi"):
        found = read(path, BLAME="culpability")
        assert found.documents[0].id == "report"
        assert found.documents[0].layers[0].spans == (BlameSpan(start=12, end=23, category="culpability", words="is to blame"),)
        assert found.skipped == 1


def test_a_zip_with_its_type_system_in_the_layout_of_a_project(tmp_path):
    for folder, name in (("annotation", "ana"), ("annotation", "INITIAL_CAS"), ("curation", "CURATION_USER")):
        (tmp_path / folder / "r1.txt").mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(tmp_path / folder / "r1.txt" / f"{name}.zip", "w") as archive:
            archive.writestr(f"{name}.xmi", XMI)
            archive.writestr("TypeSystem.xml", foreign_types())
    assert detect(tmp_path) == "inception"
    found = read(tmp_path, BLAME="culpability")
    assert found.documents[0].id == "r1.txt"
    assert [layer.annotator for layer in found.documents[0].layers] == ["ana", "gold"]
    with zipfile.ZipFile(tmp_path / "project.zip", "w") as archive:
        archive.writestr("exportedproject123.json", '{"name": "p"}')
        for path in sorted(tmp_path.rglob("*.zip")):
            if path.parent != tmp_path:
                archive.write(path, path.relative_to(tmp_path))
    assert detect(tmp_path / "project.zip") == "inception"
    assert read(tmp_path / "project.zip", BLAME="culpability").documents == found.documents


def test_the_json_of_uima_is_read_too(tmp_path):
    types = typesystem()
    cas = cassis.Cas(typesystem=types)
    cas.sofa_string = TEXT
    cas.add(types.get_type("webanno.custom.Blame")(begin=12, end=23, category="culpability", reported=True))
    cas.to_json(tmp_path / "r1.json")
    found = read(tmp_path / "r1.json")
    assert detect(tmp_path / "r1.json") == "inception"
    assert [(span.start, span.reported) for span in found.documents[0].layers[0].spans] == [(12, True)]


def test_an_offset_inside_of_a_character_is_refused(tmp_path):
    (tmp_path / "r.xmi").write_text(XMI.replace('begin="0"', 'begin="1"'), encoding="utf-8")
    (tmp_path / "TypeSystem.xml").write_text(foreign_types(), encoding="utf-8")
    with pytest.raises(UnreadableInputError, match=r"'r\.xmi' is not a UIMA CAS"):
        read(tmp_path)


def test_the_unit_of_a_cas_is_known_whatever_is_said(tmp_path):
    (tmp_path / "report.xmi").write_text(XMI, encoding="utf-8")
    (tmp_path / "TypeSystem.xml").write_text(foreign_types(), encoding="utf-8")
    found = FORMATS["inception"].read(tmp_path, Options(unit="utf16", labels={"BLAME": "culpability"}))
    assert found.documents[0].layers[0].spans[0].start == 12


def test_text_that_xml_cannot_hold_is_refused_when_written(tmp_path):
    (tmp_path / "t.csv").write_text("text\n\x0bHe failed.\n")
    documents = FORMATS["csv"].read(tmp_path / "t.csv", Options()).documents
    with pytest.raises(UnreadableInputError, match="control characters"):
        FORMATS["inception"].write(documents, tmp_path / "out")
