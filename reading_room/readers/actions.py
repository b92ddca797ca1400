"""Registering readers, finding them again, their letters of introduction, blocking them.

Each writes its event. No event and no screen bears a number in clear.
"""

import datetime as dt
import hashlib

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from fonds.audit.encryption import keyed_digests
from fonds.audit.events import record

from .. import events
from .enums import NumberCheck
from .models import IntroductionLetter, ListEntry, Reader
from .numbers import credit_code, document_number, identity_number, plain

BLOCK_PERMISSION = "reading_room.block_reader"
CHECKS = {
    NumberCheck.NONE: document_number,
    NumberCheck.IDENTITY: identity_number,
    NumberCheck.CREDIT_CODE: credit_code,
}
LARGEST_SCAN = 10 * 1024**2
SCAN_TYPES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"%PDF-": "application/pdf"}
MOST_FOUND = 10


@sensitive_variables()
def checked_number(kind: ListEntry, typed: str) -> str:
    """What was typed as a number of a document of ``kind``; raises ``ValidationError`` for the field ``number``."""
    try:
        return CHECKS[NumberCheck(kind.check_rule)](typed)
    except ValidationError as error:
        raise ValidationError({"number": error.messages}) from error


@sensitive_variables()
def find_by_number(typed: str) -> QuerySet[Reader]:
    """The readers whose document bears the number ``typed``, of whatever kind."""
    number = plain(typed)
    if not number:
        return Reader.objects.none()
    return Reader.objects.filter(number_digest__in=keyed_digests(number))


@sensitive_variables()
def find_readers(typed: str) -> list[Reader]:
    """The readers with this number, or with this part of a name; at most ``MOST_FOUND``."""
    typed = typed.strip()[:60].replace("\0", "")
    if not typed:
        return []
    found = list(find_by_number(typed).select_related("document_kind", "kind")[:MOST_FOUND])
    if found or any(letter.isdigit() for letter in typed):
        return found
    rows = Reader.objects.filter(name__icontains=typed).select_related("document_kind", "kind")
    return list(rows.order_by("name", "-pk")[:MOST_FOUND])


@sensitive_variables()
@transaction.atomic
def register_reader(
    *, name: str, document_kind: ListEntry, number: str, user, kind: ListEntry | None = None,
    organisation: str = "", phone: str = "",
) -> Reader:  # fmt: skip
    """The reader with this document: registered now, or found and brought up to date where he was here before.

    Raises ``ValidationError`` (by field) for a name that is empty and a number whose check fails, and where the same
    document belongs to somebody of another name.
    """
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": _("Write the name as it stands in the document.")})
    number = checked_number(document_kind, number)
    digests = keyed_digests(number)
    known = Reader.objects.select_for_update().filter(document_kind=document_kind, number_digest__in=digests).first()
    if known:
        return _brought_up_to_date(known, name, kind, organisation, phone, user)
    try:
        with transaction.atomic():
            reader = Reader.objects.create(
                name=name, document_kind=document_kind, number=number, number_digest=digests[0], kind=kind,
                organisation=organisation, phone=phone, registered_by=user,
            )  # fmt: skip
    except IntegrityError as error:
        raise ValidationError({"number": _("This reader was registered at another desk just now.")}) from error
    record(events.REGISTER, unit=reader, subject=name, user=user, detail={"document": document_kind.name})
    return reader


def _brought_up_to_date(reader: Reader, name: str, kind, organisation: str, phone: str, user) -> Reader:
    if reader.name != name:
        raise ValidationError(
            {"name": _("This document is registered for %(name)s. Compare it with the card.") % {"name": reader.name}}
        )
    changed = {
        field: value
        for field, value in (("kind", kind), ("organisation", organisation), ("phone", phone))
        if value and value != getattr(reader, field)
    }
    if changed:
        for field, value in changed.items():
            setattr(reader, field, value)
        reader.save(update_fields=list(changed))
        record(events.CHANGE_READER, unit=reader, subject=name, user=user, detail={"fields": sorted(changed)})
    return reader


@transaction.atomic
def add_letter(
    reader: Reader, *, organisation: str, expires_on: dt.date, user, number: str = "", scan=None
) -> IntroductionLetter:
    """Note a letter of introduction. ``scan`` is an uploaded JPEG, PNG or PDF; its bytes go into the store of masters.

    Raises ``ValidationError`` (by field) for a letter that has expired and for a scan of another kind or over 10 MB.
    """
    if not organisation.strip():
        raise ValidationError({"organisation": _("Say for whom the reader asks.")})
    if expires_on < timezone.localdate():
        raise ValidationError({"expires_on": _("This letter of introduction has expired.")})
    key, scan_type = _keep_scan(scan) if scan else ("", "")
    letter = IntroductionLetter.objects.create(
        reader=reader, organisation=organisation.strip(), number=number.strip(), expires_on=expires_on,
        scan_key=key, scan_type=scan_type, added_by=user,
    )  # fmt: skip
    detail = {"organisation": letter.organisation, "until": expires_on.isoformat(), "scanned": bool(scan)}
    record(events.LETTER, unit=reader, subject=reader.name, user=user, detail=detail)
    return letter


def _keep_scan(scan) -> tuple[str, str]:
    if scan.size > LARGEST_SCAN:
        raise ValidationError({"scan": _("The scan of the letter is larger than 10 MB.")})
    content = scan.read()
    found = next((name for start, name in SCAN_TYPES.items() if content.startswith(start)), None)
    if found is None:
        raise ValidationError({"scan": _("The scan of the letter must be a JPEG, PNG or PDF file.")})
    try:
        return _stored(content), found
    except OSError as error:
        raise ValidationError(
            {"scan": _("The scan of the letter could not be stored; nothing was registered.")}
        ) from error


def _stored(content: bytes) -> str:
    """The key under which ``content`` is kept; what a stopped process left of it in the store is written anew."""
    digest = hashlib.sha256(content).hexdigest()
    key, store = f"letters/{digest}", storages["masters"]
    if store.exists(key):
        with store.open(key) as file:
            if hashlib.sha256(file.read()).hexdigest() == digest:
                return key
        store.delete(key)
    return store.save(key, ContentFile(content))


@transaction.atomic
def block(reader: Reader, *, reason: str, user) -> Reader:
    """Put ``reader`` on the list of those who are not served. Raises ``PermissionDenied`` without the permission."""
    _require_may_block(user)
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise ValidationError({"reason": _("State why the reader is blocked.")})
    if not Reader.objects.filter(pk=reader.pk, blocked_at=None).update(
        blocked_at=timezone.now(), blocked_by=user, blocked_reason=reason
    ):
        raise ValidationError(_("This reader is blocked already."))
    reader.refresh_from_db()
    record(events.BLOCK, unit=reader, subject=reader.name, user=user, detail={"reason": reason})
    return reader


@transaction.atomic
def unblock(reader: Reader, *, user) -> Reader:
    """Lift the block of ``reader``."""
    _require_may_block(user)
    before = {"reason": reader.blocked_reason}
    if (
        not Reader.objects.filter(pk=reader.pk)
        .exclude(blocked_at=None)
        .update(blocked_at=None, blocked_by=None, blocked_reason="")
    ):
        raise ValidationError(_("This reader is not blocked."))
    reader.refresh_from_db()
    record(events.UNBLOCK, unit=reader, subject=reader.name, user=user, before=before)
    return reader


def _require_may_block(user) -> None:
    if not (user and user.is_active and user.has_perm(BLOCK_PERMISSION)):
        raise PermissionDenied(_("Only a manager of the archive may block readers."))


def check_served(reader: Reader, letter: IntroductionLetter | None = None) -> None:
    """Raise ``ValidationError`` for a reader who is blocked and for a letter that has expired."""
    if reader.is_blocked:
        words = {"name": reader.name, "reason": reader.blocked_reason}
        raise ValidationError(_("%(name)s is blocked: %(reason)s. Call the duty manager.") % words)
    if letter is not None and letter.is_expired():
        words = {"date": letter.expires_on.isoformat()}
        raise ValidationError(_("The letter of introduction expired on %(date)s.") % words)
