"""Every visible string has its Chinese, with the same placeholders."""

import re
import shutil

import pytest
from django.conf import settings

from fonds.site.management.commands.room_messages import collect

pytestmark = pytest.mark.once

ROOMS = sorted(path.name for path in (settings.ROOT / "locale").iterdir())
ENTRY = re.compile(
    r'^(?:msgctxt (?P<context>".*")\n)?msgid (?P<source>".*"(?:\n".*")*)\n(?:msgid_plural (?P<plural>".*"(?:\n".*")*)\n)?'
    r'(?P<target>(?:msgstr.*\n(?:".*"\n?)*)+)',
    re.M,
)
HOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


def text_of(quoted: str) -> str:
    return "".join(part[1:-1] for part in quoted.split("\n"))


@pytest.mark.parametrize("room", ROOMS)
def test_catalogue_is_complete_and_up_to_date(room, settings):
    source = settings.ROOT / "locale" / room / "zh_Hans" / "LC_MESSAGES" / "django.po"
    before = source.read_text(encoding="utf-8")
    try:
        total, missing = collect(room)
        strings = set(message_ids(source.read_text(encoding="utf-8")))
    finally:
        source.write_text(before, encoding="utf-8")
    assert strings == set(message_ids(before)), "run: python manage.py room_messages"
    assert missing == 0
    assert total == len(strings)


def message_ids(catalogue: str) -> list[tuple[str, str]]:
    """Context and text of each message: the same text may be said in two ways."""
    found = ((match["context"] or "", text_of(match["source"])) for match in ENTRY.finditer(catalogue))
    return [message for message in found if message[1]]


@pytest.mark.parametrize("room", ROOMS)
def test_placeholders_are_kept(room):
    catalogue = (settings.ROOT / "locale" / room / "zh_Hans" / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    for match in ENTRY.finditer(catalogue):
        source, plural = text_of(match["source"]), text_of(match["plural"] or '""')
        target = text_of(re.sub(r"^msgstr(?:\[\d\])? ", "", match["target"].strip().split("\nmsgstr")[0], flags=re.M))
        if source:
            wanted = set(HOLDER.findall(plural or source))
            assert set(HOLDER.findall(target)) == wanted, source


def test_the_collector_has_what_it_needs():
    assert shutil.which("xgettext")
