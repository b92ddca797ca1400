"""The rules of IIIF Presentation API 3.0 (sections 3 to 5 and appendix A) for what this site sends, as JSON Schema.

Written from the specification: properties that are required of a resource, their kinds, and nothing that is not allowed
beside them.
"""

from jsonschema import Draft202012Validator

ADDRESS = {"type": "string", "pattern": r"^https?://[^\s#]+$"}
LANGUAGE_MAP = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": {"pattern": r"^(none|[a-z]{2,3}(-[A-Za-z0-9]{2,8})*)$"},
    "additionalProperties": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
}
PAIR = {
    "type": "object",
    "required": ["label", "value"],
    "additionalProperties": False,
    "properties": {"label": LANGUAGE_MAP, "value": LANGUAGE_MAP},
}
SIDE = {"type": "integer", "minimum": 1}


def resource(kind: str, required: list[str], **properties) -> dict:
    """A resource of one type with an address; no other properties."""
    properties = {"id": ADDRESS, "type": {"const": kind}, **properties}
    return {
        "type": "object",
        "required": ["id", "type", *required],
        "additionalProperties": False,
        "properties": properties,
    }


def several(items: dict) -> dict:
    return {"type": "array", "minItems": 1, "items": items}


LOGOUT = resource("AuthLogoutService2", ["label"], label=LANGUAGE_MAP)
TOKEN = resource("AuthAccessTokenService2", [])
ACCESS = resource(
    "AuthAccessService2",
    ["profile", "label", "service"],
    profile={"const": "active"},
    label=LANGUAGE_MAP,
    heading=LANGUAGE_MAP,
    note=LANGUAGE_MAP,
    confirmLabel=LANGUAGE_MAP,
    service={"type": "array", "prefixItems": [TOKEN, LOGOUT], "items": False, "minItems": 1},
)
PROBE = resource(
    "AuthProbeService2", ["service"], service=several(ACCESS), errorHeading=LANGUAGE_MAP, errorNote=LANGUAGE_MAP
)
IMAGE_SERVICE = resource("ImageService3", ["profile"], profile={"enum": ["level0", "level1", "level2"]})
IMAGE = resource(
    "Image",
    ["format", "service"],
    format={"const": "image/jpeg"},
    width=SIDE,
    height=SIDE,
    service=several({"oneOf": [IMAGE_SERVICE, PROBE]}),
)
WEB_PAGE = resource(
    "Text",
    ["label", "format"],
    label=LANGUAGE_MAP,
    format={"const": "text/html"},
    language=several({"type": "string", "pattern": "^[a-z]{2}(-[A-Z][a-z]{3})?$"}),
)
AGENT = resource("Agent", ["label", "homepage"], label=LANGUAGE_MAP, homepage=several(WEB_PAGE))
TEXT_BODY = {
    "type": "object",
    "required": ["type", "value", "format", "language"],
    "additionalProperties": False,
    "properties": {
        "type": {"const": "TextualBody"},
        "value": {"type": "string", "minLength": 1},
        "format": {"const": "text/plain"},
        "language": {"type": "string"},
    },
}
TARGET = {"type": "string", "pattern": r"^https?://[^\s#]+(#xywh=\d+,\d+,[1-9]\d*,[1-9]\d*)?$"}


def annotation(motivation: str, body: dict) -> dict:
    needed = ["motivation", "body", "target"]
    return resource("Annotation", needed, motivation={"const": motivation}, body=body, target=TARGET)


CONTEXT = {"@context": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}}
PART_OF = several(resource("", [], type={"enum": ["Manifest", "Collection"]}, label=LANGUAGE_MAP))
DESCRIPTIVE = {
    "label": LANGUAGE_MAP,
    "summary": LANGUAGE_MAP,
    "metadata": {"type": "array", "items": PAIR},
    "requiredStatement": PAIR,
    "rights": {"type": "string", "pattern": r"^http://(creativecommons|rightsstatements)\.org/"},
    "provider": several(AGENT),
    "homepage": several(WEB_PAGE),
    "thumbnail": several(IMAGE),
    "seeAlso": several(resource("Dataset", ["format", "label"], format={"type": "string"}, label=LANGUAGE_MAP)),
    "partOf": PART_OF,
    "behavior": several({"const": "multi-part"}),
}
TEXT_PAGE = resource(
    "AnnotationPage",
    ["items"],
    items={"type": "array", "items": annotation("supplementing", TEXT_BODY)},
    label=LANGUAGE_MAP,
    **CONTEXT,
)
TEXT_REFERENCE = resource("AnnotationPage", [])
SECONDS = {"type": "number", "exclusiveMinimum": 0}
SOUND = resource("Sound", ["format", "duration"], format={"pattern": "^audio/"}, duration=SECONDS)
FILM = resource(
    "Video", ["format", "duration", "width", "height"],
    format={"pattern": "^video/"}, duration=SECONDS, width=SIDE, height=SIDE,
)  # fmt: skip
CAPTIONS = resource("Text", ["format", "label"], format={"const": "text/vtt"}, label=LANGUAGE_MAP)
PAINTED = {"oneOf": [IMAGE, SOUND, FILM]}
PAINTING_PAGE = resource("AnnotationPage", ["items"], items=several(annotation("painting", PAINTED)))
CAPTION_PAGE = resource("AnnotationPage", ["items"], items=several(annotation("supplementing", CAPTIONS)))
PLAIN_IMAGE = resource("Image", ["format"], format={"const": "image/jpeg"})
CANVAS = {
    **resource(
        "Canvas",
        ["items"],
        width=SIDE,
        height=SIDE,
        duration=SECONDS,
        items=several(PAINTING_PAGE),
        annotations=several({"oneOf": [TEXT_REFERENCE, CAPTION_PAGE]}),
        **{**DESCRIPTIVE, "thumbnail": several({"anyOf": [IMAGE, PLAIN_IMAGE]})},
        **CONTEXT,
    ),
    "anyOf": [{"required": ["width", "height"]}, {"required": ["duration"]}],
    "dependentRequired": {"width": ["height"], "height": ["width"]},
}
PASSAGE = resource("Canvas", [])
PASSAGE["properties"]["id"] = {"type": "string", "pattern": r"^https?://[^\s#]+#t=[\d.]+,[\d.]+$"}
CHAPTER = resource("Range", ["label", "items"], label=LANGUAGE_MAP, items=several(PASSAGE))
CHAPTERS = resource("Range", ["label", "items"], label=LANGUAGE_MAP, items=several(CHAPTER))
MANIFEST = resource(
    "Manifest",
    ["label", "items"],
    items=several(CANVAS),
    structures=several(CHAPTERS),
    **{**DESCRIPTIVE, "thumbnail": several({"anyOf": [IMAGE, PLAIN_IMAGE]})},
    **CONTEXT,
)
REFERENCE = resource(
    "", ["label"], type={"enum": ["Manifest", "Collection"]}, label=LANGUAGE_MAP, thumbnail=several(IMAGE)
)
COLLECTION = resource(
    "Collection", ["label", "items"], items={"type": "array", "items": REFERENCE}, **DESCRIPTIVE, **CONTEXT
)
SCHEMAS = {
    kind: Draft202012Validator(schema)
    for kind, schema in {
        "Manifest": MANIFEST,
        "Collection": COLLECTION,
        "Canvas": CANVAS,
        "AnnotationPage": TEXT_PAGE,
    }.items()
}
PRESENTATION = "http://iiif.io/api/presentation/3/context.json"


def faults_of(document: dict) -> list[str]:
    """What a validator says against ``document``, a sentence each; a context at its top, the last of them ours
    (section 4.6), and no address twice among canvases and annotations."""
    found = [f"{error.json_path}: {error.message}" for error in SCHEMAS[document["type"]].iter_errors(document)]
    contexts = document.get("@context")
    if (contexts if isinstance(contexts, str) else contexts[-1]) != PRESENTATION:
        found.append(f"the last context is not that of the Presentation API: {contexts}")
    seen: list[str] = list(_addresses(document))
    return found + [f"twice: {address}" for address in set(seen) if seen.count(address) > 1]


def _addresses(thing):
    """The addresses of canvases, annotations and their pages in ``thing``."""
    if isinstance(thing, list):
        for one in thing:
            yield from _addresses(one)
    elif isinstance(thing, dict):
        if thing.get("type") in ("Canvas", "Annotation", "AnnotationPage", "Range"):
            yield thing["id"]
        for value in thing.values():
            yield from _addresses(value)
