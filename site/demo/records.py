"""The demo's records: the documents of 2008 with their scans and texts, and what of them is open."""

import datetime as dt
import re
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db.models import Q
from django.utils import timezone

from fonds.access.enums import OpeningStatus, Purpose, Rank, Right
from fonds.access.grants import actions as grants
from fonds.archive_pages import ranks
from fonds.archive_pages.models import ArchivePage, SeriesPage
from fonds.archive_pages.standing import refresh_standing
from fonds.collections.models import PageScan
from fonds.collections.scans import set_texts

from .silence import Silence

FOLDER = settings.ROOT / "fixtures" / "demo" / "documents-2008"
PAGE_MARK = re.compile(r"^=== (\d+) ===\n", re.M)
#: Words in titles of records that concern persons or the inside of the bureau: they stay controlled.
CONTROLLED = ("党组", "干部", "人员", "考核", "任免", "处罚", "纪检", "投诉", "工资")
#: Departments whose opening review is still to be done.
UNREVIEWED_DEPARTMENTS = ("RJC",)


def import_documents(fonds_code: str) -> None:
    """Take in the list of 2008 and its scans as an editor would, by the import command."""
    call_command(
        "import_catalogue",
        str(FOLDER / "归档文件目录.xlsx"),
        fonds=fonds_code,
        category="WS",
        scans=FOLDER / "scans",
        interactive=False,
        stdout=Silence(),
    )


def add_page_texts() -> int:
    """Give the scanned pages their text; the number of pages that have one."""
    texts = {}
    for path in sorted((FOLDER / "text").glob("*.txt")):
        parts = PAGE_MARK.split(path.read_text(encoding="utf-8"))[1:]
        texts |= {(path.stem, int(number)): text.strip() for number, text in zip(parts[::2], parts[1::2], strict=True)}
    scans = list(
        PageScan.objects.filter(unit__reference_code__in={code for code, _number in texts}).select_related("unit")
    )
    found = {scan.pk: texts.get((scan.unit.reference_code, scan.number), "") for scan in scans}
    set_texts(found)
    return sum(map(bool, found.values()))


def recognise(code: str) -> None:
    """Have the pages of one item read, so that searched words can be shown on their pictures; their texts stay the true
    ones."""
    call_command("recognise_text", code, stdout=Silence())


def review_opening(fonds: ArchivePage) -> None:
    """The result of an opening review: most records of 2008 are open, those on persons controlled, some not reviewed."""
    within = ArchivePage.objects.filter(path__startswith=fonds.path)
    SeriesPage.objects.filter(path__startswith=fonds.path).update(opening_status=OpeningStatus.OPEN)
    items = within.filter(level="item", category__code="WS")
    controlled = Q(title__contains=CONTROLLED[0]) | ~Q(secrecy="")
    for word in CONTROLLED[1:]:
        controlled |= Q(title__contains=word)
    items.update(opening_status=OpeningStatus.OPEN)
    items.filter(department__code__in=UNREVIEWED_DEPARTMENTS).update(opening_status=OpeningStatus.UNREVIEWED)
    items.filter(controlled).update(opening_status=OpeningStatus.CONTROLLED)
    refresh_standing(fonds.path)


def set_ranks(manager) -> None:
    """Ranks of their own, so that each role sees something else: the pages of a whole series by permission only, one
    record for registered readers, one closed for five years, one sealed."""
    today = timezone.localdate()
    for code, catalogue, content, closed_until, reason in (
        ("J037-WS·2008-D10", Rank.PUBLIC, Rank.RESTRICTED, None, "定期10年文书凭审批利用"),
        ("J037-WS·2008-D30-XBC-0010", Rank.READER, Rank.READER, None, "供注册读者利用"),
        ("J037-WS·2008-Y-BGS-0015", Rank.PUBLIC, Rank.PUBLIC, today.replace(today.year + 5, 12, 31), "延期开放"),
        ("J037-WS·2008-Y-RJC-0031", Rank.SEALED, Rank.SEALED, None, "涉及个人隐私，封存"),
    ):
        unit = ArchivePage.objects.get(reference_code=code)
        ranks.set_ranks(
            unit,
            catalogue_rank=catalogue,
            content_rank=content,
            closed_until=closed_until,
            reason=reason,
            user=manager,
        )


def make_requests(reader, officer, manager) -> None:
    """A request of a reader that waits for its decision, and one of an officer that was granted."""
    until = timezone.localdate() + dt.timedelta(days=30)
    units = {
        code: ArchivePage.objects.get(reference_code=f"J037-WS·2008-D10-{code}") for code in ("BGS-0017", "BGS-0026")
    }
    grants.ask(
        reader, units["BGS-0017"], rights=[Right.VIEW], purpose=Purpose.HISTORY, purpose_text="编修《越州市志》工商卷",
        until=until,
    )  # fmt: skip
    asked = grants.ask(
        officer, units["BGS-0026"], rights=[Right.VIEW, Right.PRINT], purpose=Purpose.WORK,
        purpose_text="起草年度工作总结", until=until,
    )  # fmt: skip
    grants.grant_request(asked, manager, reason="工作需要")


def folder_of(name: str) -> Path:
    """A folder of the demo's files."""
    return settings.ROOT / "fixtures" / "demo" / name
