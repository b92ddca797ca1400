"""机密 and 绝密 stay outside a networked archive: their content always, their entry unless the archive's setting keeps it
(``FONDS_KEEP_CLASSIFIED_ENTRIES``). Each function raises ``ValueError`` with a sentence."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fonds.access.classes import rank_of
from fonds.access.enums import Rank

from .models.base import ArchivePage
from .rules import is_refused_grade

CONTENT = ("page_scans", "photos", "digital_objects")  # what a unit can hold, by the names of its relations


def check_entry(secrecy: str) -> None:
    """Whether a unit with this mark may be described here at all."""
    if is_refused_grade(secrecy) and not settings.FONDS_KEEP_CLASSIFIED_ENTRIES:
        raise ValueError(
            _("A unit marked %(mark)s must not be described in this networked archive (settings of this archive).")
            % {"mark": secrecy}
        )


def check_mark(unit: ArchivePage, secrecy: str) -> None:
    """Whether ``unit`` may bear this mark: such a unit, and what is below it, holds no scan and no photograph."""
    check_entry(secrecy)
    if unit._state.adding or not is_refused_grade(secrecy):
        return
    held = list(_held(unit))
    if held:
        words = {"mark": secrecy, "held": _(", ").join(held)}
        raise ValueError(_("Before it is marked %(mark)s, this must be removed from the archive: %(held)s.") % words)


def check_content(unit: ArchivePage) -> None:
    """Whether ``unit`` may take in a scan or a photograph; a mark above it counts too."""
    marked = unit if is_refused_grade(unit.secrecy) else _marked_above(unit)
    if marked is not None:
        words = {"code": marked.reference_code or marked.title, "mark": marked.secrecy}
        raise ValueError(_("%(code)s is marked %(mark)s: its content must not be kept in this system.") % words)


def _marked_above(unit: ArchivePage) -> ArchivePage | None:
    if rank_of(unit.content_class) != Rank.SEALED:
        return None  # a mark above seals everything below it
    step = ArchivePage.steplen
    above = ArchivePage.objects.filter(path__in=[unit.path[:end] for end in range(step, len(unit.path), step)])
    rows = above.exclude(secrecy="").only("reference_code", "title", "secrecy").order_by("-depth")
    return next((page for page in rows if is_refused_grade(page.secrecy)), None)


def _held(unit: ArchivePage):
    counts = {
        name: ArchivePage._meta.get_field(name).related_model.objects.filter(unit__path__startswith=unit.path).count()
        for name in CONTENT
    }
    scans, photos, files = (counts[name] for name in CONTENT)
    if scans:
        yield ngettext("%(count)s page scan", "%(count)s page scans", scans) % {"count": scans}
    if photos:
        yield ngettext("%(count)s photograph", "%(count)s photographs", photos) % {"count": photos}
    if files and not scans:
        yield ngettext("%(count)s file", "%(count)s files", files) % {"count": files}
