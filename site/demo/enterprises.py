"""The demo's enterprise dossiers, one of them with documents and scans, and two readers who were at the window."""

import csv
import datetime as dt

from django.core.management import call_command
from django.utils import timezone

from fonds.access.enums import OpeningStatus
from fonds.archive_pages.bulk import add_units
from fonds.archive_pages.models import ArchivePage, Category, FondsPage, ItemPage, SeriesPage
from fonds.archive_pages.standing import refresh_standing
from fonds.collections.scans import add_scans
from fonds.reading_room.readers.actions import add_letter, register_reader
from fonds.reading_room.readers.models import ListEntry

from .records import folder_of
from .silence import Silence

SERIES = "J037-ZY"
#: Documents of a dossier that stay controlled: findings against the enterprise, papers with identity numbers.
CONTROLLED = ("处罚", "笔录", "年检")


def import_dossiers(fonds: FondsPage) -> None:
    """The list of dossiers, the documents of the first, its scans, and what of it is open."""
    folder = folder_of("enterprises")
    series = fonds.add_child(
        instance=SeriesPage(
            title="企业登记档案",
            reference_code=SERIES,
            slug="j037-zy",
            category=Category.objects.filter(code="ZY").first(),
            opening_status=OpeningStatus.OPEN,
        )
    )
    call_command("import_enterprises", folder / "企业登记档案.csv", under=series.reference_code, stdout=Silence())
    with (folder / "企业登记文件.csv").open(encoding="gb18030", newline="") as file:
        rows = list(csv.DictReader(file))
    dossier = ArchivePage.objects.get(reference_code=rows[0]["案卷档号"])
    items = [_item(row, series.category) for row in rows]
    add_units(dossier, items)
    for item in items:
        scans = sorted((folder / "scans" / item.reference_code).glob("*.jpg"))
        if scans:
            add_scans(ArchivePage.objects.get(pk=item.pk), scans, queue=False)
    _review(series)


def _item(row: dict[str, str], category: Category | None) -> ItemPage:
    item = ItemPage(
        title=row["题名"],
        reference_code=row["档号"],
        document_number=row["文号"],
        creator=row["责任者"],
        date_text=row["日期"],
        page_count=int(row["页数"]),
        note=row["备注"],
        category=category,
    )
    item.apply_date()
    return item


def _review(series: SeriesPage) -> None:
    below = ArchivePage.objects.filter(path__startswith=series.path)
    below.update(opening_status=OpeningStatus.OPEN)
    for word in CONTROLLED:
        below.filter(level="item", title__contains=word).update(opening_status=OpeningStatus.CONTROLLED)
    refresh_standing(series.path)


def register_readers(clerk) -> None:
    """A citizen and a lawyer with a letter of introduction; their numbers are invented."""
    kinds = {entry.name: entry for entry in ListEntry.objects.all()}
    register_reader(
        name="王桂芳",
        document_kind=kinds["居民身份证"],
        number="110101199003071268",
        kind=kinds["公民个人"],
        user=clerk,
    )
    lawyer = register_reader(
        name="陆文韬", document_kind=kinds["律师执业证"], number="13806200810123456", kind=kinds["律师"],
        organisation="越州明理律师事务所", user=clerk,
    )  # fmt: skip
    until = timezone.localdate() + dt.timedelta(days=30)
    add_letter(lawyer, organisation="越州明理律师事务所", number="明律介〔2026〕88号", expires_on=until, user=clerk)
