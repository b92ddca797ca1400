"""A served request becomes one line of the use register."""

from decimal import Decimal

from django.db.models import Sum

from .models import UseEntry

VIEWED, COPIED, BOTH, CERTIFIED = "阅览", "复制", "阅览并复制", "出具证明"  # as registers have them


def write_entry(request) -> UseEntry:
    """Enter ``request``, which has been handed over, in the register. Must run in the transaction that ends it."""
    items = list(request.items.all())
    shown = [item for item in items if item.shown_at]
    copied = [item for item in items if item.copied_at]
    certified = [item for item in items if item.certified_at]
    used = {item.unit_id or item.unit_code for item in [*shown, *copied, *certified]}
    return UseEntry.objects.create(
        number=request.shown_number,
        day=request.day,
        request=request,
        reader_name=request.reader.name,
        reader_kind=request.reader.kind.name if request.reader.kind else "",
        organisation=request.organisation,
        purpose=request.purpose.name,
        record_kind=_kind_of([*certified, *copied, *shown]),
        manner=manner_of(bool(shown), bool(copied), bool(certified)),
        item_count=len(used),
        pages_shown=sum(1 for item in shown if item.page),
        pages_copied=len(copied),
        pages_certified=len(certified),
        fee=request.prints.aggregate(total=Sum("fee"))["total"] or Decimal(0),
        began_at=request.begun_at,
        ended_at=request.ended_at,
        seconds=request.seconds,
        waited_seconds=request.waited_seconds,
        desk=request.desk.name if request.desk else "",
        clerk=str(request.clerk),
    )


def manner_of(shown: bool, copied: bool, certified: bool) -> str:
    """利用方式 of a visit: the strongest thing that was done."""
    if certified:
        return CERTIFIED
    if copied:
        return BOTH if shown else COPIED
    return VIEWED if shown else ""


def _kind_of(items: list) -> str:
    return next((item.category for item in items if item.category), "")
