"""Texts in all languages of the site, as IIIF writes them: ``{"zh-Hans": ["…"], "en": ["…"]}``."""

from django.conf import settings
from django.utils.translation import gettext, override

TAGS = {"zh-hans": "zh-Hans"}  # BCP 47, where it is not the code of the site


def tag_of(language: str) -> str:
    """The BCP 47 tag of one of the site's languages."""
    return TAGS.get(language, language)


def in_all_languages(sentence: str, **words) -> dict[str, list[str]]:
    """``sentence`` of the catalogue of messages in each language, with ``words`` put in."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found[tag_of(language)] = [gettext(sentence) % words if words else gettext(sentence)]
    return found


def as_written(text: str) -> dict[str, list[str]]:
    """A text of the archive, whose language nobody noted."""
    return {"none": [text]}


def in_both(chinese: str, english: str) -> dict[str, list[str]]:
    """A text that was written in Chinese, and in English where it was translated."""
    return {tag_of("zh-hans"): [chinese]} | ({"en": [english]} if english else {})
