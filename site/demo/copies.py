"""The demo's certified copies: three valid, one revoked, so that register and verification have something to show."""

from django.core.management import call_command

from fonds.archive_pages.models import ItemPage
from fonds.reading_room.actions import certifiable_scans, issue_certificate, revoke_certificate

from .silence import Silence

COPIES = [
    ("J037-WS·2008-D30-GJC-0022", "办理行政复议", "越州市南枫区司法局"),
    ("J037-WS·2008-D10-GJC-0012", "编史修志", "越州市地方志办公室"),
    ("J037-WS·2008-Y-QZC-0004", "核对企业登记依据", ""),
    ("J037-WS·2008-D30-GJC-0022", "办理行政复议", "越州市南枫区司法局"),
]
REVOKED = 3
REASON = "重复出具，收回作废"


def issue_copies(manager) -> None:
    """Issue every copy of ``COPIES`` (all pages, at most three), signed with a key for trying out; revoke the last."""
    call_command("make_signing_key", verbosity=0, stdout=Silence())
    for place, (code, purpose, applicant) in enumerate(COPIES):
        unit = ItemPage.objects.get(reference_code=code)
        pages = [scan.number for scan in certifiable_scans(unit)][:3]
        certificate = issue_certificate(
            unit, pages=pages, purpose=purpose, applicant=applicant, user=manager, language="zh-hans"
        )
        if place == REVOKED:
            revoke_certificate(certificate, reason=REASON, user=manager)
