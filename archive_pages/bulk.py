"""Writing many units at once: paths computed in one go, rows of base and child table inserted in bulk, the register of
codes, counters, standing and, by the signal that is sent, the search index in the same transaction.

What ``add_child`` does for one page in about ten statements is done here for all of them together.
"""

from collections.abc import Sequence
from operator import attrgetter

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils import timezone

from fonds.access.classes import class_of, rank_of
from fonds.access.enums import OpeningStatus, Rank

from .codes import record_new_codes
from .models import ArchivePage
from .rules import is_refused_grade
from .signals import units_written
from .standing import place_units, refresh_standing

BATCH = 1000
BASE_FIELDS = tuple(field for field in ArchivePage._meta.concrete_fields if not field.primary_key)


#: Fields on which it depends who may see a unit.
STANDING = {"opening_status", "secrecy", "department", "catalogue_rank", "content_rank", "closed_until"}
Branch = tuple[ArchivePage, Sequence[ArchivePage]]


def add_units(parent: ArchivePage, units: Sequence[ArchivePage], user=None) -> Sequence[ArchivePage]:
    """Write ``units`` (unsaved) as live children behind the last child of ``parent``.

    The units must be valid: the caller has checked them as forms do. Raises ``CodeTaken`` where a code was given
    before; then nothing is written.
    """
    add_branches([(parent, [(unit, ()) for unit in units])], user)
    return units


@transaction.atomic
def add_branches(places: Sequence[tuple[ArchivePage, Sequence[Branch]]], user=None) -> list[ArchivePage]:
    """Write units below several parents at once, each with the units in it: files with their items.

    ``places`` are pairs of a parent and what is to stand behind its last child: pairs of a unit and its children, all
    unsaved. A parent stands in it once. Returns everything written. Conditions and errors as for ``add_units``.
    """
    places = [(parent, branches) for parent, branches in places if branches]
    if not places:
        return []
    keys = [parent.pk for parent, _branches in places]
    parents = {page.pk: page for page in ArchivePage.objects.select_for_update().filter(pk__in=keys).order_by("path")}
    written: list[ArchivePage] = []
    for key, (_parent, branches) in zip(keys, places, strict=True):
        written += _grow(parents[key], branches, user)
    for model, units in _by_model(written).items():
        for start in range(0, len(units), BATCH):
            _insert(model, units[start : start + BATCH])
    ArchivePage.objects.bulk_update(parents.values(), ["numchild"], batch_size=BATCH)
    record_new_codes(written)
    for _parent, branches in places:
        place_units(branches[0][0].path, branches[-1][0].path, deep=any(children for _unit, children in branches))
    for model, units in _by_model(written).items():
        units_written.send(sender=model, pages=[unit.pk for unit in units])
    return written


def _grow(parent: ArchivePage, branches: Sequence[Branch], user) -> list[ArchivePage]:
    """Give every unit of ``branches`` its place behind the last child of ``parent``; all of them, top down."""
    tops = [unit for unit, _children in branches]
    _place(parent, tops, _last_step(parent) if parent.numchild else 0, user)
    parent.numchild += len(tops)
    for unit, children in branches:
        unit.numchild = len(children)
        _place(unit, children, 0, user)
    return [*tops, *(child for _unit, children in branches for child in children)]


def _by_model(units: Sequence[ArchivePage]) -> dict[type[ArchivePage], list[ArchivePage]]:
    groups: dict[type[ArchivePage], list[ArchivePage]] = {}
    for unit in units:
        groups.setdefault(type(unit), []).append(unit)
    return groups


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
    if STANDING.intersection(fields):
        for path in {unit.path for unit in units}:
            refresh_standing(path)
    units_written.send(sender=model, pages=[unit.pk for unit in units])


def _foresee(unit: ArchivePage, above: ArchivePage) -> None:
    """Fill in what will be in force, so that ``place_units``, which has the last word, need not write a row again."""
    today = timezone.localdate()
    entry, content = int(unit.catalogue_rank), int(unit.content_rank)
    refused = is_refused_grade(unit.secrecy)
    unit.awaits_opening = bool(unit.closed_until and unit.closed_until >= today)
    if unit.awaits_opening or unit.opening_status != OpeningStatus.OPEN:
        entry = max(entry, settings.FONDS_UNOPENED_CATALOGUE_RANK)
        content = max(content, settings.FONDS_UNOPENED_CONTENT_RANK)
    entry = max(entry, rank_of(above.catalogue_class), Rank.RESTRICTED if refused else Rank.PUBLIC)
    content = max(content, rank_of(above.content_class), entry, Rank.SEALED if refused else Rank.PUBLIC)
    unit.owner_department_id = unit.department_id or above.owner_department_id
    unit.catalogue_class = class_of(entry, unit.owner_department_id)
    unit.content_class = class_of(content, unit.owner_department_id)


def _last_step(parent: ArchivePage) -> int:
    """The number of the last child of ``parent`` in its path; 0 where there is none."""
    last = ArchivePage.objects.filter(path__startswith=parent.path, depth=parent.depth + 1).order_by("path").last()
    return ArchivePage._str2int(last.path[-ArchivePage.steplen :]) if last else 0


def _place(parent: ArchivePage, units: Sequence[ArchivePage], step: int, user) -> None:
    """Fill the fields of the tree, of publication and those that follow from others; ``step`` is the last child's."""
    now = timezone.now()
    for number, unit in enumerate(units, start=step + 1):
        unit.prepare()
        unit.apply_date()
        unit.path = ArchivePage._get_path(parent.path, parent.depth + 1, number)
        unit.depth = parent.depth + 1
        unit.content_type = ContentType.objects.get_for_model(type(unit))
        unit.locale_id = parent.locale_id
        unit.draft_title = unit.title
        unit.url_path = f"{parent.url_path}{unit.slug}/"
        unit.owner = user
        unit.live = True
        unit.first_published_at = unit.last_published_at = now
        _foresee(unit, parent)


def _insert(model, units: Sequence[ArchivePage]) -> None:
    """Rows of base and child table. PostgreSQL takes them as a stream, which costs a third of statements."""
    write = _copy if connection.vendor == "postgresql" else _insert_rows
    write(model, units)
    for unit in units:
        unit._state.adding = False
        unit._state.db = connection.alias


def _insert_rows(model, units: Sequence[ArchivePage]) -> None:
    ArchivePage.objects.bulk_create(units)
    _link(model, units)
    fields = model._meta.local_concrete_fields
    most = connection.ops.bulk_batch_size(fields, units)
    for start in range(0, len(units), most):
        model._base_manager._insert(units[start : start + most], fields=fields, using=connection.alias)


def _copy(model, units: Sequence[ArchivePage]) -> None:
    table = ArchivePage._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, len(units)]
        )
        for unit, (key,) in zip(units, cursor.fetchall(), strict=True):
            unit.id = key
        _link(model, units)
        for rows_of in (ArchivePage, model):
            fields = rows_of._meta.local_concrete_fields
            columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
            values = attrgetter(*(field.attname for field in fields))
            name = connection.ops.quote_name(rows_of._meta.db_table)
            with cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as stream:
                for unit in units:
                    stream.write_row(values(unit))


def _link(model, units: Sequence[ArchivePage]) -> None:
    """Let the rows of the child table point to those of the base table."""
    for unit in units:
        setattr(unit, model._meta.pk.attname, unit.id)


def _refresh_revisions(units: Sequence[ArchivePage], fields: Sequence[str]) -> None:
    names = {*fields, "draft_title", "year", "date_start", "date_end", "sort_key", "search_text"}
    for unit in units:
        if unit.latest_revision_id:
            revision = unit.latest_revision
            content = unit.serializable_data()
            revision.content.update({name: content[name] for name in names if name in content})
            revision.save(update_fields=["content"])
