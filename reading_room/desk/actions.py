"""What the clerk does in a request. Each step is written as it happens; nothing waits for the end."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from fonds.access.decisions import require
from fonds.access.enums import Right
from fonds.archive_pages.models import ArchivePage
from fonds.audit.events import record
from fonds.collections.models import PageScan

from .. import events
from ..readers.actions import check_served
from ..readers.models import IntroductionLetter, ListEntry, Reader
from ..readers.numbers import is_identity_number
from ..uses.entries import write_entry
from .entitlement import entitlement
from .enums import UseState
from .models import UseItem, UseRequest
from .queue import change, require_clerk

ORIGINAL = 0  # the "page" of a unit that is shown as a whole, in the original


def require_clerk_of(request: UseRequest, user) -> None:
    """Raise ``PermissionDenied`` with a sentence unless ``user`` is the clerk who serves, or served, ``request``."""
    require_clerk(user)
    if request.clerk_id != user.pk:
        words = {"number": request.number, "clerk": request.clerk or "—", "desk": request.desk or "—"}
        raise PermissionDenied(
            _("Number %(number)s is served by %(clerk)s (%(desk)s). Nobody else sees or changes it.") % words
        )


def require_served_by(request: UseRequest, user) -> None:
    """The same, and ``ValidationError`` where the request is over."""
    require_clerk_of(request, user)
    if request.state != UseState.OPEN:
        words = {"number": request.number, "state": request.get_state_display()}
        raise ValidationError(_("Number %(number)s: %(state)s. Nothing is changed any more.") % words)


def lock_open(request: UseRequest) -> None:
    """Keep ``request`` from being ended until the present transaction is over. Raises ``ValidationError`` where it has
    ended."""
    if UseRequest.objects.select_for_update().filter(pk=request.pk, state=UseState.OPEN).first() is None:
        raise ValidationError(_("This request was ended meanwhile."))


def set_reader(request: UseRequest, reader: Reader, user, letter: IntroductionLetter | None = None) -> UseRequest:
    """Say who the reader is. Raises ``ValidationError`` for one who is blocked and for an expired letter."""
    require_served_by(request, user)
    check_served(reader, letter)
    if request.reader_id not in (None, reader.pk) and request.approvals.exists():
        raise ValidationError(_("Something was approved for this reader: end the request and begin another one."))
    organisation = letter.organisation if letter else reader.organisation
    return _write(request, reader=reader, letter=letter, organisation=organisation)


def set_purpose(request: UseRequest, purpose: ListEntry, user, note: str = "") -> UseRequest:
    """Say what the records are needed for."""
    require_served_by(request, user)
    return _write(request, purpose=purpose, purpose_note=" ".join(note.split())[:120])


def set_query(request: UseRequest, query: str) -> None:
    """Keep what was searched, so that the request reopens with it. Raises ``ValidationError`` for the identity number of a
    person: it is neither kept nor searched."""
    if is_identity_number(query):
        raise ValidationError(_("This is an identity number: find the reader by it in the first column (F2)."))
    if query != request.query:
        _write(request, query=query[:200])


def show(request: UseRequest, unit, scans: list[PageScan], user) -> None:
    """Note that these pages (the first is where the clerk is) are on the screen; each page counts once."""
    require_served_by(request, user)
    first = scans[0].number if scans else None
    if (request.shown_unit_id, request.shown_page) != (unit.pk, first):
        # Another record is never put on the reader's screen by turning to it.
        mirrored = request.mirrored and request.shown_unit_id == unit.pk
        _write(request, shown_unit_id=unit.pk, shown_page=first, mirrored=mirrored)
    _note_shown(request, unit, {scan.number for scan in scans})


def _note_shown(request: UseRequest, unit, numbers: set[int]) -> None:
    rows = dict(request.items.filter(unit_id=unit.pk, page__in=numbers).values_list("page", "shown_at"))
    new, seen_only_now = numbers - rows.keys(), [page for page, shown_at in rows.items() if shown_at is None]
    now = timezone.now()
    if new:
        UseItem.objects.bulk_create(
            [UseItem(request=request, unit_id=unit.pk, page=page, shown_at=now, **_known_of(unit)) for page in new],
            ignore_conflicts=True,
        )
    if seen_only_now:
        request.items.filter(unit_id=unit.pk, page__in=seen_only_now).update(shown_at=now)


def show_original(request: UseRequest, unit, user) -> None:
    """Note that the reader saw the original: for what is not scanned."""
    require_served_by(request, user)
    _require_shown(request, unit, user)
    _touch(request, unit, ORIGINAL, shown_at=timezone.now())


def mirror(request: UseRequest, user, on: bool) -> None:
    """Put what the clerk shows on the reader's screen, or take it away."""
    require_served_by(request, user)
    _write(request, mirrored=on and request.shown_unit_id is not None)


@transaction.atomic
def tick(request: UseRequest, unit, numbers: list[int], user, on: bool = True) -> int:
    """Put pages of ``unit`` into the basket, or take them out; how many changed. Raises ``ValidationError`` for pages
    that are not there."""
    require_served_by(request, user)
    if not on:
        held = request.items.filter(unit_id=unit.pk, page__in=numbers)
        return held.exclude(ticked_at=None).update(ticked_at=None, sha256="")
    _require_shown(request, unit, user)
    scans = {scan.number: scan for scan in PageScan.objects.filter(unit_id=unit.pk, number__in=numbers)}
    missing = sorted(set(numbers) - scans.keys())
    if missing:
        raise ValidationError(_("This item has no page %(pages)s.") % {"pages": ", ".join(map(str, missing[:20]))})
    rows = {row.page: row for row in request.items.filter(unit_id=unit.pk, page__in=numbers)}
    now, changed = timezone.now(), []
    for number in sorted(set(numbers)):
        row = rows.get(number) or UseItem(request=request, unit_id=unit.pk, page=number, **_known_of(unit))
        if row.ticked_at is None:
            row.ticked_at, row.sha256 = now, scans[number].sha256
            changed.append(row)
    # A page may be noted as shown, or ticked, from another window at this moment: then its line is there by now.
    UseItem.objects.bulk_update([row for row in changed if row.pk], ["ticked_at", "sha256"], batch_size=500)
    UseItem.objects.bulk_create(
        [row for row in changed if not row.pk], batch_size=500, update_conflicts=True,
        unique_fields=["request", "unit", "page"], update_fields=["ticked_at", "sha256"],
    )  # fmt: skip
    return len(changed)


@transaction.atomic
def remove_item(request: UseRequest, item: UseItem, user) -> None:
    """Take one page out of the basket, also of a record that is not there any more."""
    require_served_by(request, user)
    request.items.filter(pk=item.pk).update(ticked_at=None, sha256="")


@transaction.atomic
def hand_over(request: UseRequest, user) -> UseRequest:
    """The reader has what he came for: the clock stops and the use register gets its line.

    Raises ``ValidationError`` without reader or purpose.
    """
    require_served_by(request, user)
    if request.reader_id is None:
        raise ValidationError(_("Register the reader before you hand over."))
    if request.purpose_id is None:
        raise ValidationError(_("Choose the purpose before you hand over."))
    now = max(timezone.now(), request.begun_at)  # a clock that was set back
    change(request, UseState.DONE, ended_at=now, mirrored=False)
    if request.prints.filter(prints=0).exists():
        raise ValidationError(_("Something is being printed: wait until it is there, then hand over."))
    entry = write_entry(request)
    detail = {"seconds": entry.seconds, "shown": entry.pages_shown, "copied": entry.pages_copied,
              "certified": entry.pages_certified}  # fmt: skip
    record(events.HAND_OVER, unit=request, subject=request.shown_number, user=user, detail=detail)
    return request


@transaction.atomic
def leave(request: UseRequest, user) -> UseRequest:
    """End a request without use: the reader did not come, or went away. Nothing is entered in the register, unless
    something was printed: then it is handed over."""
    require_clerk(user)
    if request.state == UseState.OPEN:
        require_served_by(request, user)
    nobody_elses = Q(clerk_id=user.pk) | Q(state=UseState.WAITING)
    now = max(timezone.now(), request.begun_at or request.drawn_at)
    change(request, UseState.LEFT, only=nobody_elses, ended_at=now, mirrored=False)
    if request.prints.exists():
        raise ValidationError(_("Something was printed in this request: hand it over."))
    record(events.LEAVE, unit=request, subject=request.shown_number, user=user)
    return request


def _require_shown(request: UseRequest, unit, user) -> None:
    require(user, Right.CATALOGUE, unit)
    if not entitlement(request, unit, user).may_show:
        raise ValidationError(_("This record is not open. Ask for approval first."))


def _touch(request: UseRequest, unit, page: int, **values) -> None:
    """Write what was done with a page; its line is made when it is first met."""
    UseItem.objects.update_or_create(
        request=request, unit_id=unit.pk, page=page, defaults=values, create_defaults={**_known_of(unit), **values}
    )


def _known_of(unit: ArchivePage) -> dict[str, str]:
    """What is kept of a record beside it, for the day when it is not there any more."""
    category = unit.category.name if unit.category_id else ""
    return {"unit_code": unit.reference_code or "", "unit_title": unit.title, "category": category}


def _write(request: UseRequest, **values) -> UseRequest:
    """Change fields of an open request; nothing where it was ended meanwhile."""
    if not UseRequest.objects.filter(pk=request.pk, state=UseState.OPEN).update(**values):
        raise ValidationError(_("This request was ended meanwhile."))
    for name, value in values.items():
        setattr(request, name, value)
    return request
