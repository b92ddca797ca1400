"""Telling editors that visitors no longer see something in a public exhibit.

What became restricted is gone from the exhibit at once, for every page asks access. A job afterwards finds which
exhibits are concerned, writes to their editors, and notes what it told, so that nobody is told the same twice.
"""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from fonds.access.decisions import may, visible
from fonds.access.enums import Right
from fonds.access.grants.notices import language_of
from fonds.archive_pages.models import ArchivePage
from fonds.audit import names
from fonds.audit.events import record
from fonds.reports.jobs import JobHandle, runner, start
from fonds.reports.models import Job, JobState

from .exhibits import chosen_in, pictures_in
from .models import ArchiveImage, ExhibitNotice, ExhibitPage

KIND = "look_at_exhibits"
HIDDEN = "exhibit.hides"
names.register(HIDDEN, gettext_lazy("Something in a public exhibit is no longer shown"))


def queue_look(path: str = "", **signal) -> None:
    """After what is in force changed somewhere, or a photograph was removed: have the public exhibits looked at, if there
    are any."""
    transaction.on_commit(_queue, robust=True)


def look_if_closed(instance: ArchiveImage, **signal) -> None:
    """The same after a photograph was saved, if that closed or opened it."""
    if instance.class_before != instance.content_class:
        queue_look()


def _queue() -> None:
    if ExhibitPage.objects.live().exists() and not Job.objects.filter(kind=KIND, state=JobState.QUEUED).exists():
        start(KIND, _("Look for what exhibits no longer show"), {})


def hidden_in(page: ExhibitPage) -> list[ArchiveImage | ArchivePage | str]:
    """The photographs and units in ``page``, cover and both languages, that visitors do not see; of photographs that are
    no longer in the library, their alternative texts."""
    anybody, chosen = AnonymousUser(), chosen_in(page.body, page.body_en)
    images = ArchiveImage.objects.filter(pk__in=chosen.images | ({page.cover_id} - {None}))
    units = ArchivePage.objects.filter(pk__in=chosen.units)
    shown_images = visible(images, anybody).values("pk")
    shown_units = visible(units.live(), anybody).order_by().values("pk")
    hidden = [*images.exclude(pk__in=shown_images).order_by("pk"), *units.exclude(pk__in=shown_units).order_by("pk")]
    values = [value for body in (page.body, page.body_en) for value in pictures_in(body)]
    lost = [value["alt_text"] for value in values if not value["image"]]
    return hidden + list(dict.fromkeys(filter(None, lost)))


@runner(KIND)
def run_look(handle: JobHandle) -> dict:
    """Look at all public exhibits; those of which more is hidden than their editors know are told of."""
    told = 0
    pages = list(ExhibitPage.objects.live().select_related("owner", "cover").order_by("pk"))
    for done, page in enumerate(pages, 1):
        told += tell(page)
        handle.progress(done, len(pages))
    return {"exhibits": len(pages), "told": told}


@transaction.atomic
def tell(page: ExhibitPage) -> bool:
    """Write to the editors of ``page`` if something is hidden of which they were not told; whether it was so."""
    hidden = {_name(thing): thing for thing in hidden_in(page)}
    notice, _created = ExhibitNotice.objects.select_for_update().get_or_create(page=page)
    new = [thing for name, thing in hidden.items() if name not in notice.hidden]
    if set(notice.hidden) != set(hidden):
        notice.hidden = sorted(hidden)
        notice.save()
    if not new:
        return False
    record(HIDDEN, unit=page, detail={"hidden": [_name(thing) for thing in new]})
    for person in _editors(page):
        _write(person, page, new)
    return True


def _name(thing) -> str:
    if isinstance(thing, str):
        return f"lost:{thing}"
    return f"{'image' if isinstance(thing, ArchiveImage) else 'unit'}:{thing.pk}"


def _editors(page: ExhibitPage) -> set:
    """Whose exhibit it is, and who last worked on it."""
    people = {page.owner, getattr(page.latest_revision, "user", None)} - {None}
    return {person for person in people if person.is_active and person.email}


def _write(person, page: ExhibitPage, things: list) -> None:
    with override(language_of(person)):
        known = [
            thing if isinstance(thing, str) else thing.title
            for thing in things
            if isinstance(thing, str) or may(person, Right.CATALOGUE, thing)
        ]
        lines = [
            _("Visitors no longer see everything in the exhibit “%(title)s”.") % {"title": page.title},
            *known,
            _("Take it out, or put something else in its place:"),
            settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("wagtailadmin_pages:edit", args=[page.pk]),
        ]
        subject = _("An exhibit shows less than before")
        send_mail(subject, "\n\n".join(lines) + "\n", None, [person.email])
