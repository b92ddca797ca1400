"""Asking for a certified copy from afar, issuing it, fetching it once.

Asking shows nothing and gives nothing. The copy of a record that its reader may not see is issued only by somebody who
decides about access.
"""

import datetime as dt
import hashlib
import re
import secrets

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from fonds.access.decisions import may, require, visible
from fonds.access.enums import Purpose, Right
from fonds.access.grants.notices import after_commit
from fonds.access.roles import DECIDE_PERMISSION
from fonds.archive_pages.models import ArchivePage
from fonds.audit.events import record

from .. import events
from ..certifiable import MOST_PAGES, certifiable_scans
from ..desk.models import WindowSettings
from ..desk.queue import require_clerk
from ..enums import CertificateStatus
from ..issuing import INTERRUPTED_AFTER, issue_certificate, issued_under, void_unfinished
from ..models import Certificate
from ..offices.models import IssuingOffice
from ..waiting import not_at_work
from . import notices
from .models import CopyRequest, CopyState, due_day

ADDRESS_DAYS = 7  # how long the address of a copy serves
MOST_WAITING = 20  # requests of one reader: each is a mail to the whole window
_RUN = re.compile(r"(\d{1,5})(?:[-–—~至](\d{1,5}))?")


def read_pages(text: str, known: list[int]) -> list[int]:
    """``1-3, 7`` as page numbers among ``known``; empty means all. Raises ``ValidationError`` for the field ``pages``."""
    if not text.strip():
        chosen = set(known)
    else:
        chosen = set()
        for part in re.split(r"[,，、;；\s]+", re.sub(r"\s*([-–—~至])\s*", r"\1", text.strip())):
            match = _RUN.fullmatch(part)
            if match is None:
                raise ValidationError({"pages": _("“%(text)s” are no pages. Write 1-3, 7.") % {"text": part[:40]}})
            first, last = int(match[1]), int(match[2] or match[1])
            if last - first > MOST_PAGES:
                raise ValidationError({"pages": _("At most %(most)s pages.") % {"most": MOST_PAGES}})
            chosen |= set(range(first, last + 1))
    missing = sorted(chosen - set(known))
    if missing:
        words = {"pages": ", ".join(map(str, missing[:20]))}
        raise ValidationError({"pages": _("This item has no page %(pages)s.") % words})
    if len(chosen) > MOST_PAGES:
        raise ValidationError({"pages": _("At most %(most)s pages.") % {"most": MOST_PAGES}})
    return sorted(chosen)


@transaction.atomic
def ask_copy(reader, unit: ArchivePage, *, pages: str, purpose: str, purpose_text: str) -> CopyRequest:
    """Ask for a certified copy of ``pages`` (``1-3, 7``; empty: all). Raises ``Http404`` for a unit the reader may not
    know of, ``ValidationError`` (by field)."""
    if not (reader and reader.is_authenticated and reader.is_active):
        raise PermissionDenied
    require(reader, Right.CATALOGUE, unit)
    numbers = [scan.number for scan in certifiable_scans(unit)]
    if not numbers:
        raise ValidationError(_("This item has no scans, so there is nothing to copy."))
    purpose_text = " ".join(purpose_text.split())[:150]
    if not purpose_text:
        raise ValidationError({"purpose_text": _("State what the copy is for.")})
    if CopyRequest.objects.filter(reader=reader, state=CopyState.WAITING).count() >= MOST_WAITING:
        raise ValidationError(
            _("%(most)s of your requests wait already; ask again when some are answered.") % {"most": MOST_WAITING}
        )
    try:
        with transaction.atomic():
            asked = CopyRequest.objects.create(
                reader=reader, unit_id=unit.pk, pages=read_pages(pages, numbers), purpose=Purpose(purpose),
                purpose_text=purpose_text, due_on=due_day(WindowSettings.load().answer_days),
            )  # fmt: skip
    except IntegrityError as error:
        raise ValidationError(_("You have asked for a copy of this record; it waits to be issued.")) from error
    record(events.ASK_COPY, unit=unit, user=reader, detail={"request": asked.pk, "pages": len(asked.pages)})
    after_commit(notices.tell_asked, asked)
    return asked


@transaction.atomic
def take_back(asked: CopyRequest, reader) -> CopyRequest:
    """Take back one's own request while it waits."""
    if asked.reader_id != reader.pk:
        raise PermissionDenied
    _decide(asked, CopyState.TAKEN_BACK, None, "")
    record(events.TAKE_BACK_COPY, unit=asked.unit, user=reader, detail={"request": asked.pk})
    return asked


def restore_interrupted() -> int:
    """What was being issued when the process was stopped: a certificate that was issued goes to its reader; else the number
    is void and the request waits on. How many there were."""
    stopped = CopyRequest.objects.filter(
        not_at_work("decided_at", INTERRUPTED_AFTER), state=CopyState.ISSUED, certificate=None
    )
    rows = list(stopped.select_related("unit", "reader", "decided_by"))
    for asked in rows:
        void_unfinished(_token_of(asked), asked.decided_by)
        certificate = issued_under(_token_of(asked), asked.decided_by)
        if certificate:
            _hand_out(asked, certificate, asked.decided_by)
        else:
            _wait_on(asked)
    return len(rows)


def _wait_on(asked: CopyRequest) -> None:
    """Nothing was issued: the request waits on. Where its reader asked for the same anew meanwhile, the new one counts."""
    stopped = CopyRequest.objects.filter(pk=asked.pk, state=CopyState.ISSUED, certificate=None)
    try:
        with transaction.atomic():
            stopped.update(state=CopyState.WAITING, decided_by=None, decided_at=None)
    except IntegrityError:
        stopped.update(state=CopyState.TAKEN_BACK)


def _token_of(asked: CopyRequest) -> str:
    """The token of the one certificate of ``asked``; longer than a form's can be."""
    return f"copy-request-{asked.pk:040d}"


def waiting_for(user) -> QuerySet[CopyRequest]:
    """What waits to be issued, of records ``user`` may know of, the most urgent first; not his own requests."""
    rows = CopyRequest.objects.filter(state=CopyState.WAITING).exclude(reader_id=user.pk)
    return visible(rows, user, "unit__").order_by("due_on", "created_at")


def may_issue(asked: CopyRequest, user) -> bool:
    """Whether ``user`` may issue this copy: he certifies, and its reader may see the record, or ``user`` decides about
    access."""
    if asked.reader_id == user.pk or not may(user, Right.CERTIFY, asked.unit):
        return False
    return may(asked.reader, Right.VIEW, asked.unit) or user.has_perm(DECIDE_PERMISSION)


def issue_copy(asked: CopyRequest, user, office: IssuingOffice | None = None) -> CopyRequest:
    """Issue the certificate, in the name of ``office`` or the first that ``user`` may use, and send its reader the
    address. Of two clerks at once one issues it."""
    _require_issuer(asked, user)
    _decide(asked, CopyState.ISSUED, user, "")
    try:
        certificate = issue_certificate(
            asked.unit,
            pages=asked.pages,
            purpose=f"{asked.get_purpose_display()} {asked.purpose_text}"[:200],
            applicant=str(asked.reader)[:100],
            user=user,
            token=_token_of(asked),
            office=office,
        )
    except Exception:
        _wait_on(asked)
        raise
    return _hand_out(asked, certificate, user)


@transaction.atomic
def _hand_out(asked: CopyRequest, certificate: Certificate, user) -> CopyRequest:
    """Note the certificate of ``asked`` and send its reader the address: both or neither."""
    if not CopyRequest.objects.filter(pk=asked.pk, certificate=None).update(certificate=certificate):
        return asked  # somebody else found it finished
    asked.refresh_from_db()
    record(events.ISSUE_COPY, unit=asked.unit, user=user, detail={"request": asked.pk, "number": certificate.number})
    return _new_address(asked)


@transaction.atomic
def send_address(asked: CopyRequest, user) -> CopyRequest:
    """Send the reader a new address of his copy; the one before serves no more."""
    _require_issuer(asked, user)
    if asked.certificate_id is None:
        raise ValidationError(_("This copy is not issued."))
    if asked.certificate.status != CertificateStatus.VALID:
        raise ValidationError(_("This copy was revoked."))
    return _new_address(asked)


def _new_address(asked: CopyRequest) -> CopyRequest:
    token = secrets.token_urlsafe(32)
    asked.token_digest, asked.fetched_at = digest_of(token), None
    asked.token_until = timezone.now() + dt.timedelta(days=ADDRESS_DAYS)
    asked.save(update_fields=["token_digest", "token_until", "fetched_at"])
    after_commit(lambda row: notices.tell_issued(row, token), asked)
    return asked


@transaction.atomic
def refuse_copy(asked: CopyRequest, user, *, reason: str) -> CopyRequest:
    """Refuse, with the reason its reader is told."""
    require_clerk(user)
    require(user, Right.CATALOGUE, asked.unit)
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise ValidationError({"reason": _("Say why.")})
    _decide(asked, CopyState.REFUSED, user, reason)
    record(events.REFUSE_COPY, unit=asked.unit, user=user, detail={"request": asked.pk, "reason": reason})
    after_commit(notices.tell_refused, asked)
    return asked


def find_by_token(token: str, reader) -> CopyRequest | None:
    """The request of ``reader`` whose address holds ``token``; ``None`` for every other person."""
    rows = CopyRequest.objects.select_related("certificate", "unit")
    return rows.filter(token_digest=digest_of(token), reader_id=reader.pk).first()


def may_fetch(asked: CopyRequest) -> bool:
    """Whether the address still serves: not fetched, its time not over, the copy not revoked."""
    if asked.fetched_at or not asked.certificate or asked.certificate.status != CertificateStatus.VALID:
        return False
    return bool(asked.token_until and asked.token_until > timezone.now())


@transaction.atomic
def fetch(asked: CopyRequest, reader) -> CopyRequest:
    """Use up the address. Of two fetches at once one gets the copy; the other a ``ValidationError``."""
    now = timezone.now()
    # No table is joined here: both databases look at the row anew once the other fetch is done.
    rows = CopyRequest.objects.filter(pk=asked.pk, token_digest=asked.token_digest)
    served = may_fetch(asked) and rows.filter(fetched_at=None, token_until__gt=now).update(fetched_at=now)
    if not served:
        raise ValidationError(_("This address has served once already, or its time is over. Ask for a new one."))
    record(events.FETCH_COPY, unit=asked.unit, user=reader, detail={"number": asked.certificate.number})
    asked.refresh_from_db()
    return asked


def digest_of(token: str) -> str:
    """What is kept of an address."""
    return hashlib.sha256(token.encode()).hexdigest()


def _require_issuer(asked: CopyRequest, user) -> None:
    require_clerk(user)
    require(user, Right.CATALOGUE, asked.unit)
    if asked.reader_id == user.pk:
        raise ValidationError(_("Nobody issues a copy to himself."))
    if not may_issue(asked, user):
        raise PermissionDenied(
            _("The reader may not see this record: only a manager who decides about access issues it.")
        )


def _decide(asked: CopyRequest, state: str, user, reason: str) -> None:
    changed = CopyRequest.objects.filter(pk=asked.pk, state=CopyState.WAITING).update(
        state=state, decided_by=user, decided_at=timezone.now(), reason=reason
    )
    asked.refresh_from_db()
    if not changed:
        words = {"state": asked.get_state_display(), "person": asked.decided_by or asked.reader}
        raise ValidationError(_("This request waits no longer: %(state)s (%(person)s).") % words)
