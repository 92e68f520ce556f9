"""Malformed and hostile inputs: a clear 4xx in the one shape, nothing repeated, the service healthy afterwards."""

import io
import itertools
import json
import zipfile

CANARY = "zqxcanary"
GOOD = {"text": "The nurse failed to check."}
WRONG = [None, 1, 1.5, True, False, [], {}, [1], {"a": 1}, [None], [[]], -1, 1e308]


def bodies():
    for key, value in itertools.product(["text", "texts", "id", "offset_unit"], WRONG):
        body = {"text": CANARY, key: value}
        if (key == "id" and value is None) or (key == "texts" and value is None):
            continue
        yield json.dumps(body)
    for value in WRONG:
        yield json.dumps(value)
        yield json.dumps({"texts": [value]})
        yield json.dumps({"texts": [{"id": value, "text": 3}]})
        yield json.dumps({"texts": [{"text": value}]})
        yield json.dumps({"text": "a", "texts": [{"text": "b"}], "id": value})
        yield json.dumps({"text": "x", f"{CANARY}{value}": value})
        yield json.dumps({"offset_unit": f"{CANARY}{value}", "text": "x"})
    for depth in (50, 500, 5_000, 50_000, 200_000):
        yield "[" * depth
        yield "[" * depth + "]" * depth
        yield '{"text":' * depth + "1" + "}" * depth
        yield '{"texts":' + "[" * depth + "]" * depth + "}"
    for surrogate in ("\\ud800", "\\udfff", "\\udc00x", "x\\ud83d", "\\ud83d\\ud83d", "\\ude00\\ud83d"):
        yield '{"text": "' + surrogate + '"}'
        yield '{"texts": [{"text": "' + surrogate + '"}]}'
        yield '{"texts": [{"id": "' + surrogate + '", "text": "a"}]}'
    for length in range(1, 45):
        yield json.dumps({"text": CANARY * 3, "id": "a"})[:length]
    yield from (
        "",
        " ",
        "nul",
        "NaN",
        "{'text': 'a'}",
        '{"text": "a",}',
        '{"text": a}',
        "text=hello",
        "<xml/>",
        "\x00",
        "\ufeff[]",
        "{" * 9,
    )
    for length in (200_001, 500_000, 1_000_000, 1_900_000, 2_100_000, 5_000_000):
        yield json.dumps({"text": "a" * length})
        yield json.dumps({"texts": [{"text": "a" * length}]})
        yield json.dumps({"text": "a " * (length // 2 + 1)})
    for count in (51, 100, 1000):
        yield json.dumps({"texts": ["a"] * count})
        yield json.dumps({"texts": [{"text": CANARY}] * count})
    yield json.dumps({"text": "a", "id": "i" * 201})


def raw_bodies():
    yield from (b"\xff\xfe\x00", b"\xc3\x28", b'{"text": "\xff"}', b'{"text": "\xed\xa0\x80"}', b'{"text": "\xc0\xaf"}', b"\x80" * 100)


def zip_of(*entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


def files():
    bomb = zip_of(("word/document.xml", b"0" * 60_000_000))
    many = zip_of(*((f"f{number}", b"") for number in range(2_500)))
    lying = bytearray(zip_of(("word/document.xml", b"0" * 70_000_000)))
    at = lying.rfind(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (100).to_bytes(4, "little")
    good = zip_of(("word/document.xml", b"<a/>"))
    for content in (
        bomb,
        many,
        bytes(lying),
        good,
        b"",
        b"PK",
        b"PK\x03\x04" + b"\x00" * 50,
        b"<html>" + CANARY.encode(),
        zip_of(),
        good[:40],
    ):
        yield "a.docx", content
    for name in ("a.pdf", "a.exe", "a", "", ".docx.zip", "a.doc", "a.rtf", "a.html", "../../etc/passwd", "a.xlsx", "a.docm", "a.TXTX"):
        yield name, CANARY.encode()
    yield "a.txt", b"\x00" * 500
    yield "a.txt", b"\x81\x8d\x8f\x90"
    yield "a.txt", b"\xff\xfe\x00"
    yield "a.txt", b"a" * 300_000
    for entry in ("[Content_Types].xml", "word/document.xml", "_rels/.rels"):
        for content in (b"", b"<", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", CANARY.encode()):
            yield "a.docx", zip_of((entry, content))


def test_hostile_inputs_get_a_clear_4xx_and_the_service_stays_healthy(client):
    answers = []
    for body in bodies():
        answers.append((body[:40], client.post("/v1/analyze", content=body.encode(), headers={"content-type": "application/json"})))
    for body in raw_bodies():
        answers.append((body[:40], client.post("/v1/analyze", content=body, headers={"content-type": "application/json"})))
    for kind in (
        "text/plain",
        "application/xml",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
    ):
        answers.append((kind, client.post("/v1/analyze", content=CANARY, headers={"content-type": kind})))
        answers.append((kind, client.post("/v1/documents", content=CANARY, headers={"content-type": kind})))
    for name, content in files():
        answers.append((name, client.post("/v1/documents", files={"file": (name, content)})))
    for method, path in itertools.product(("PUT", "DELETE", "PATCH"), ("/v1/analyze", "/v1/taxonomy", "/v1/documents", "/readyz")):
        answers.append((path, client.request(method, path)))
    for path in ("/nothing", "/v1", "/static/../../pyproject.toml", "/static/%2e%2e/x", "/v1/analyze/x", f"/{CANARY}"):
        answers.append((path, client.get(path)))
    assert len(answers) >= 300
    print(len(answers), "hostile inputs")
    for what, answer in answers:
        assert 400 <= answer.status_code < 500, (what, answer.status_code)
        assert set(answer.json()) == {"error"}, what
        assert answer.json()["error"]["message"].endswith("."), what
        assert CANARY not in answer.text, what
    assert client.get("/healthz").status_code == 200
    assert len(client.post("/v1/analyze", json=GOOD).json()["findings"]) == 1


def test_odd_but_legitimate_texts_are_analysed(client):
    for odd in (
        "\u202eesrun ehT",
        "a\x00b",
        "\ufeffThe nurse failed to check.",
        "",
        "   ",
        "\r\n" * 50,
        "🏴‍☠️" * 200,
        "<script>alert(1)</script>",
    ):
        assert client.post("/v1/analyze", json={"text": odd}).status_code == 200
