"""Ready project files, drawn from the taxonomy: what a tool needs to know before anybody can annotate in it."""

import json
from typing import Any
from xml.sax.saxutils import quoteattr

from nlp.taxonomy import Category, Label, load
from training.formats.inception import BLAME, LABEL
from training.formats.label_studio import SENTENCE, SPANS
from training.formats.vocabulary import FIELD_OF, REPORTED, VALUES, Kind

COLOURS = {"red": "#a8162c", "amber": "#7d4700", "violet": "#6a2c9c", "blue": "#1b55b0", "teal": "#0a6467", "green": "#2c6317"}
GREY = "#5d6568"
KEYS = "1234567890"
TITLES: dict[Kind, str] = {
    "attribution": "Where does the sentence place its explanation?",
    "factor": "Which system factors does it name?",
    "action": "How strong is the action that it proposes or reports?",
}
NOT_NAMED = Label(id="none", name="None", definition="The sentence names no system factor.")


def _labels(kind: Kind) -> tuple[Label, ...]:
    taxonomy = load()
    return {"attribution": taxonomy.attributions, "factor": (*taxonomy.factors, NOT_NAMED), "action": taxonomy.action_strengths}[kind]


def _colour(category: Category) -> str:
    return COLOURS.get(category.colour, GREY)


def doccano() -> str:
    """Span labels for a sequence labelling project; import them under *Labels*, and allow overlapping spans."""
    keys = dict(zip((category.id for category in load().categories), KEYS, strict=False))
    labels = [(category.id, _colour(category)) for category in load().categories]
    labels += [(REPORTED, GREY), *((f"{kind}-{value}", GREY) for kind, values in VALUES.items() for value in values)]
    found = [{"text": name, "suffix_key": keys.get(name), "background_color": colour, "text_color": "#ffffff"} for name, colour in labels]
    return json.dumps(found, indent=1) + "\n"


def label_studio() -> str:
    """A labelling configuration; paste it under *Settings, Labeling Interface, Code*."""
    lines = ["<View>", f'  <Labels name="{SPANS}" toName="text">']
    for at, category in enumerate(load().categories):
        key = f' hotkey="{KEYS[at]}"' if at < len(KEYS) else ""
        lines.append(f'    <Label value="{category.id}" background="{_colour(category)}" hint={quoteattr(category.summary)}{key}/>')
    lines += ["  </Labels>", f'  <Labels name="{SENTENCE}" toName="text">', f'    <Label value="{SENTENCE}" background="{GREY}"/>', "  </Labels>"]
    lines.append('  <Text name="text" value="$text" granularity="word"/>')
    lines += _choices(REPORTED, SPANS, [(REPORTED, "Blame in somebody else's voice")], "multiple", "Whose voice?")
    for kind, name in FIELD_OF.items():
        values = [(label.id, label.definition) for label in _labels(kind)]
        lines += _choices(name, SENTENCE, values, "multiple" if kind == "factor" else "single", TITLES[kind])
    lines += ['  <TextArea name="annotator" toName="text" maxSubmissions="1" placeholder="Annotator, if not the account"/>', "</View>"]
    return "\n".join(lines) + "\n"


def _choices(name: str, region: str, values: list[tuple[str, str]], choice: str, title: str) -> list[str]:
    head = f'  <View visibleWhen="region-selected" whenTagName="{region}"><Header value={quoteattr(title)}/>'
    opening = f'    <Choices name="{name}" toName="text" perRegion="true" choice="{choice}" whenTagName="{region}">'
    return [head, opening, *(f'      <Choice value="{value}" hint={quoteattr(hint)}/>' for value, hint in values), "    </Choices></View>"]


def inception() -> str:
    """Two layers with their tag sets; import them under *Settings, Layers*."""
    categories = [(category.id, category.definition) for category in load().categories]
    blame = [
        _feature("category", "Category", _tags("Second Story: categories", categories)),
        _feature("reported", "Reported voice", None, "uima.cas.Boolean"),
    ]
    sentence = [
        _feature(
            name,
            name.replace("_", " ").capitalize(),
            _tags(f"Second Story: {name}", [(label.id, label.definition) for label in _labels(kind)]),
            "uima.cas.StringArray" if kind == "factor" else "uima.cas.String",
        )
        for kind, name in FIELD_OF.items()
    ]
    layers = [_layer(BLAME, "Blame", blame), _layer(LABEL, "Sentence label", sentence)]
    return json.dumps(layers, indent=1, ensure_ascii=False) + "\n"


def _tags(name: str, tags: list[tuple[str, str]]) -> dict[str, Any]:
    known = [{"tag_name": value, "tag_description": definition} for value, definition in tags]
    return {"name": name, "description": None, "language": "en", "tags": known, "create_tag": False}


def _feature(name: str, title: str, tags: dict[str, Any] | None, kind: str = "uima.cas.String") -> dict[str, Any]:
    return {
        "name": name,
        "tag_set": tags,
        "uiName": title,
        "type": kind,
        "enabled": True,
        "visible": True,
        "include_in_hover": False,
        "required": False,
        "remember": False,
        "hideUnconstraintFeature": False,
        "description": None,
        "multi_value_mode": "ARRAY" if kind.endswith("Array") else "NONE",
        "link_mode": "NONE",
        "traits": None,
        "curatable": True,
    }


def _layer(name: str, title: str, features: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "features": features,
        "uiName": title,
        "type": "span",
        "description": None,
        "enabled": True,
        "built_in": False,
        "readonly": False,
        "attach_type": None,
        "attach_feature": None,
        "allow_stacking": False,
        "cross_sentence": False,
        "show_hover": True,
        "anchoring_mode": "CHARACTERS" if name == BLAME else "SENTENCES",
        "overlap_mode": "NO_OVERLAP",
        "validation_mode": "ALWAYS",
        "lock_to_token_offset": False,
        "multiple_tokens": True,
        "linked_list_behavior": False,
        "on_click_javascript_action": None,
        "traits": None,
    }


PROJECTS = {"doccano": doccano, "label-studio": label_studio, "inception": inception}
