"""Writing many units at once: paths computed in one go, rows of base and child table inserted in bulk, the register of
codes, counters and standing in the same transaction; the admin's search index follows when it is committed.

What ``add_child`` does for one page in about ten statements is done here for all of them together.
"""

from collections.abc import Sequence
from functools import partial

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils import timezone

from .codes import record_codes
from .models import ArchivePage
from .signals import units_written
from .standing import place_units, refresh_standing
from .tasks import index_units

BATCH = 1000
BASE_FIELDS = tuple(field for field in ArchivePage._meta.concrete_fields if not field.primary_key)


@transaction.atomic
def add_units(parent: ArchivePage, units: Sequence[ArchivePage], user=None) -> Sequence[ArchivePage]:
    """Write ``units`` (unsaved, of one class) as live children behind the last child of ``parent``.

    The units must be valid: the caller has checked them as forms do. Raises ``CodeTaken`` where a code was given
    before; then nothing is written.
    """
    if units:
        add_branches(parent, [(unit, ()) for unit in units], user)
    return units


@transaction.atomic
def add_branches(
    parent: ArchivePage, branches: Sequence[tuple[ArchivePage, Sequence[ArchivePage]]], user=None
) -> list[ArchivePage]:
    """Write units, each with the units in it, behind the last child of ``parent``: files with their items.

    ``branches`` are pairs of a unit and its children (unsaved; the units of one class, the children of one class).
    Returns all of them. Conditions and errors as for ``add_units``.
    """
    units = [unit for unit, _children in branches]
    if not units:
        return units
    parent = ArchivePage.objects.select_for_update().get(pk=parent.pk)
    _place(parent, units, _last_step(parent), user)
    for unit, children in branches:
        unit.numchild = len(children)
        _place(unit, children, 0, user)
    below = [child for _unit, children in branches for child in children]
    for rows in (units, below):
        for start in range(0, len(rows), BATCH):
            _insert(type(rows[0]), rows[start : start + BATCH])
    ArchivePage.objects.filter(pk=parent.pk).update(numchild=parent.numchild + len(units))
    record_codes([*units, *below])
    place_units(units[0].path, units[-1].path, deep=bool(below))
    for rows in filter(None, (units, below)):
        _index(type(rows[0]), rows)
        units_written.send(sender=type(rows[0]), pages=[unit.pk for unit in rows])
    return [*units, *below]


@transaction.atomic
def update_units(units: Sequence[ArchivePage], fields: Sequence[str]) -> None:
    """Write the changed ``fields`` of existing ``units`` (of one class) and what follows from them.

    The latest revision of a unit that has one is brought up to date too, so the editor's form shows the new values.
    Codes are changed by ``codes.renumber`` only.
    """
    if not units or not fields:
        return
    model = type(units[0])
    for unit in units:
        unit.prepare()
        unit.apply_date()
        unit.draft_title = unit.title
        unit.latest_revision_created_at = unit.latest_revision_created_at or timezone.now()
    base = {field.name for field in BASE_FIELDS}
    derived = {"draft_title", "sort_key", "search_text", "date_start", "date_end", "year"}
    ArchivePage.objects.bulk_update(units, sorted((set(fields) & base) | derived), batch_size=200)
    own = sorted(set(fields) - base)
    if own:
        model.objects.bulk_update(units, own, batch_size=200)
    _refresh_revisions(units, fields)
    if "opening_status" in fields:
        for path in {unit.path for unit in units}:
            refresh_standing(path)
    _index(model, units)
    units_written.send(sender=model, pages=[unit.pk for unit in units])


def _last_step(parent: ArchivePage) -> int:
    """The number of the last child of ``parent`` in its path; 0 where there is none."""
    last = ArchivePage.objects.filter(path__startswith=parent.path, depth=parent.depth + 1).order_by("path").last()
    return ArchivePage._str2int(last.path[-ArchivePage.steplen :]) if last else 0


def _place(parent: ArchivePage, units: Sequence[ArchivePage], step: int, user) -> None:
    """Fill the fields of the tree, of publication and those that follow from others; ``step`` is the last child's."""
    if not units:
        return
    content_type = ContentType.objects.get_for_model(type(units[0]))
    now = timezone.now()
    for number, unit in enumerate(units, start=step + 1):
        unit.prepare()
        unit.apply_date()
        unit.path = ArchivePage._get_path(parent.path, parent.depth + 1, number)
        unit.depth = parent.depth + 1
        unit.content_type = content_type
        unit.locale_id = parent.locale_id
        unit.draft_title = unit.title
        unit.url_path = f"{parent.url_path}{unit.slug}/"
        unit.owner = user
        unit.live = True
        unit.first_published_at = unit.last_published_at = now


def _insert(model, units: Sequence[ArchivePage]) -> None:
    """Rows of base and child table, each in as few statements as the database takes."""
    ArchivePage.objects.bulk_create(units)
    link = model._meta.pk.attname
    for unit in units:
        setattr(unit, link, unit.id)
    fields = model._meta.local_concrete_fields
    most = connection.ops.bulk_batch_size(fields, units)
    for start in range(0, len(units), most):
        model._base_manager._insert(units[start : start + most], fields=fields, using=connection.alias)
    for unit in units:
        unit._state.adding = False
        unit._state.db = connection.alias


def _refresh_revisions(units: Sequence[ArchivePage], fields: Sequence[str]) -> None:
    names = {*fields, "draft_title", "year", "date_start", "date_end", "sort_key", "search_text"}
    for unit in units:
        if unit.latest_revision_id:
            revision = unit.latest_revision
            content = unit.serializable_data()
            revision.content.update({name: content[name] for name in names if name in content})
            revision.save(update_fields=["content"])


def _index(model, units: Sequence[ArchivePage]) -> None:
    """Have the units entered in the index of the admin's search boxes once they are committed."""
    ids = [unit.pk for unit in units]
    for start in range(0, len(ids), BATCH):
        transaction.on_commit(partial(index_units.enqueue, model._meta.label, ids[start : start + BATCH]))
