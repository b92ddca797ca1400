"""The demo's collections and exhibits, from ``fixtures/demo/photos/curation.json``.

Made as people make them: an editor writes and submits, an approver releases; one exhibit is left waiting.
"""

import json
from datetime import date
from pathlib import Path

from fonds.archive_pages.models import ArchivePage, FilePage

from .models import ArchiveImage, CollectionIndexPage, CollectionPage, CollectionPhoto, ExhibitIndexPage, ExhibitPage
from .models.curation import CuratedPage
from .workflows import release, submit


def build_demo_curation(source: Path, editor, approver) -> dict[str, int]:
    """Make what ``source`` describes; pages whose slug is there already are left alone. The number of new pages.

    The photographs must have been imported, the two index pages and the workflow must be there.
    """
    plan = json.loads(source.read_text(encoding="utf-8"))
    made = {"collections": 0, "exhibits": 0}
    for kind, index, maker in (
        ("collections", CollectionIndexPage.objects.get(), _collection),
        ("exhibits", ExhibitIndexPage.objects.get(), _exhibit),
    ):
        for entry in plan[kind]:
            if index.get_children().filter(slug=entry["slug"]).exists():
                continue
            page = _add(index, maker(entry), editor)
            made[kind] += 1
            submit(page, editor)
            if not entry.get("waiting"):
                release(page, approver)
    return made


def _add(index: CuratedPage, page: CuratedPage, editor) -> CuratedPage:
    index.refresh_from_db()
    page.live, page.owner = False, editor
    return index.add_child(instance=page)


def _common(entry: dict) -> dict:
    words = {key: entry.get(key, "") for key in ("title", "title_en", "introduction", "introduction_en", "slug")}
    return {**words, "cover": _photo(entry["cover"])}


def _collection(entry: dict) -> CollectionPage:
    days = {name: date.fromisoformat(entry[name]) if entry.get(name) else None for name in ("rule_from", "rule_until")}
    group = FilePage.objects.get(reference_code=entry["group"]) if entry.get("group") else None
    page = CollectionPage(**_common(entry), story=entry.get("story", ""), rule_group=group, **days)
    page.chosen_photos = [
        CollectionPhoto(image=_photo(number), sort_order=place) for place, number in enumerate(entry.get("photos", []))
    ]
    page.rule_tags.add(*entry.get("tags", []))
    return page


def _exhibit(entry: dict) -> ExhibitPage:
    page = ExhibitPage(**_common(entry), closing=entry.get("closing", ""))
    page.body = json.dumps([{"type": kind, "value": _value(kind, value)} for kind, value in entry["panels"]])
    return page


def _value(kind: str, value):
    """The stored form of a panel: photographs and units by key instead of number and code."""
    if kind == "story":
        return value
    if kind == "picture":
        return _picture(value)
    stored = dict(value)
    if kind == "gallery":
        stored["pictures"] = [_picture(picture) for picture in value["pictures"]]
    if kind == "before_after":
        stored.update({side: _picture(value[side]) for side in ("before", "after")})
    if kind == "quotation":
        stored["source"] = _unit(value["source"]).pk if value.get("source") else None
    if kind == "records":
        stored["units"] = [_unit(code).pk for code in value["units"]]
    return stored


def _picture(value: dict) -> dict:
    image = _photo(value["photo"])
    return {
        "image": image.pk,
        "alt_text": value.get("alt_text") or image.default_alt_text,
        "caption": value.get("caption", ""),
    }


def _photo(number: str) -> ArchiveImage:
    return ArchiveImage.objects.get(photo_number=number)


def _unit(code: str) -> ArchivePage:
    return ArchivePage.objects.get(reference_code=code)
