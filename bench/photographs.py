"""Photographs: grid of a curated collection, exhibit, and the search of what is said of them, through the whole
application.

    python bench/run.py photographs
"""

import io
import json
import re

from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from PIL import Image
from wagtail.models import Locale, Site

from fonds.archive_pages.models import ArchivePage, FondsIndexPage, FondsPage, ItemPage, SeriesPage
from fonds.archive_pages.standing import refresh_standing
from fonds.collections.models import (
    ArchiveImage,
    CollectionIndexPage,
    CollectionPage,
    CollectionPhoto,
    ExhibitIndexPage,
    ExhibitPage,
)
from fonds.collections.photo_importing import make_renditions
from fonds.search.find import find_units
from fonds.site.models import HomePage

from .measuring import timed

FEW, MANY, TOLD, SEARCHED = 50, 500, 20, 20_000
EXHIBIT_QUERIES = 15
ROUNDS = 20


def run() -> dict[str, str]:
    """The figures as text, by what they are; nothing stays in the database."""
    call_command("collectstatic", interactive=False, verbosity=0)
    with transaction.atomic():
        home, series = _archive()
        photos = [_photo(series, number) for number in range(1, MANY + 1)]
        pages = {
            f"grid of {FEW} photographs": _collection(home, photos[:FEW]),
            f"grid of {MANY} photographs": _collection(home, photos),
        }
        exhibit = _exhibit(home, photos[:TOLD])
        make_renditions()
        figures = {name: timed(_get, [url], ROUNDS).line() for name, url in pages.items()}
        shown = timed(_get, [exhibit], ROUNDS)
        figures[f"exhibit of {TOLD} pictures"] = f"{shown.line()}  (goal {EXHIBIT_QUERIES} queries)"
        figures |= _search(photos)
        transaction.set_rollback(True)
    return figures


def _get(url: str) -> None:
    assert Client(headers={"host": "localhost"}).get(url).status_code == 200


def _archive() -> tuple[HomePage, SeriesPage]:
    Locale.objects.get_or_create(language_code="zh-hans")
    root = ArchivePage.objects.get(depth=1)
    home = root.add_child(instance=HomePage(title="首页", slug="home-of-photographs"))
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True, site_name="Bench")
    index = home.add_child(instance=FondsIndexPage(title="全宗", slug="fonds-of-photographs"))
    fonds = index.add_child(instance=FondsPage(title="局", reference_code="B910", opening_status="open"))
    return home, fonds.add_child(instance=SeriesPage(title="照片", reference_code="B910-ZP", opening_status="open"))


def _photo(series: SeriesPage, number: int) -> ArchiveImage:
    code = f"B910-ZP·2008·D30-001-{number:04}"
    item = series.add_child(instance=ItemPage(title=f"照片{number}", reference_code=code, opening_status="open"))
    drawn = io.BytesIO()
    Image.linear_gradient("L").rotate(number).resize((800, 600)).convert("RGB").save(drawn, "JPEG", quality=80)
    photo = ArchiveImage(title=item.title, unit=item, photo_number=code, opening_status="open", credit="某人")
    photo.file = ContentFile(drawn.getvalue(), name=f"{number}.jpg")
    photo.caption = f"第{number}次专项检查，执法人员在建材市场查扣劣质水泥"
    photo.save()
    return photo


def _collection(home: HomePage, photos: list[ArchiveImage]) -> str:
    home.refresh_from_db()
    index = home.add_child(instance=CollectionIndexPage(title="专题", slug=f"collections-{len(photos)}"))
    page = CollectionPage(title="市场", slug="market", introduction="引言", cover=photos[0])
    page.chosen_photos = [CollectionPhoto(image=photo, sort_order=place) for place, photo in enumerate(photos)]
    return index.add_child(instance=page).url


def _exhibit(home: HomePage, photos: list[ArchiveImage]) -> str:
    home.refresh_from_db()
    index = home.add_child(instance=ExhibitIndexPage(title="展览", slug="exhibits-of-bench"))
    shown = [{"image": photo.pk, "alt_text": photo.title, "caption": photo.caption} for photo in photos]
    body = json.dumps([{"type": "picture", "value": value} for value in shown])
    return index.add_child(instance=ExhibitPage(title="十年", slug="ten", cover=photos[0], body=body)).url


def _search(photos: list[ArchiveImage]) -> dict[str, str]:
    """The captions of ``SEARCHED`` photographs looked through for words that stand in few, and in many of them."""
    refresh_standing(photos[0].unit.path[: ArchivePage.steplen])
    rows = []
    for number in range(SEARCHED - len(photos)):
        model = photos[number % len(photos)]
        text = re.sub("第.*?次", f"第{number + len(photos)}次", model.search_text)
        rows.append(
            ArchiveImage(
                title=f"副本{number}", unit_id=model.unit_id, file=model.file.name, width=1600, height=1200,
                opening_status="open", catalogue_class=0, content_class=0, search_text=text,
            )
        )  # fmt: skip
    ArchiveImage.objects.bulk_create(rows, batch_size=2_000)
    few, many = ["第1234次专项", "第777次专项"], ["劣质水泥", "建材市场"]
    return {
        f"words of few of {SEARCHED:,} captions": timed(_find, few, ROUNDS).line(),
        f"words of all of {SEARCHED:,} captions": timed(_find, many, ROUNDS).line(),
    }


def _find(words: str) -> None:
    assert find_units(words, AnonymousUser()).count
