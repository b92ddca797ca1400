"""Mails about certified copies asked for from afar. They go out after the commit; a mail server that is away stands in
nobody's way (``after_commit``)."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from fonds.access.decisions import may
from fonds.access.enums import Right
from fonds.access.grants.notices import language_of

from ..desk.models import SERVE_PERMISSION


def tell_asked(asked) -> None:
    """Write to the staff of the window that a copy is asked for; of a record they may know of."""
    app, codename = SERVE_PERMISSION.split(".")
    rights = {"codename": codename, "content_type__app_label": app}
    by_group = Q(**{f"groups__permissions__{name}": value for name, value in rights.items()})
    for person in get_user_model()._default_manager.filter(by_group, is_active=True).distinct():
        if not person.email or person.pk == asked.reader_id or not may(person, Right.CATALOGUE, asked.unit):
            continue
        with translation.override(language_of(person)):
            lines = [
                _("%(reader)s asks for a certified copy of %(unit)s, to be answered until %(day)s.")
                % {"reader": asked.reader, "unit": _named(asked.unit), "day": date_format(asked.due_on)},
                _address("desk_remote"),
            ]
            _send(person, _("A certified copy is asked for"), lines)


def tell_issued(asked, token: str) -> None:
    """Write to the reader where he fetches his copy, once."""
    with translation.override(language_of(asked.reader)):
        until = date_format(timezone.localtime(asked.token_until), "DATETIME_FORMAT")
        lines = [
            _("Your certified copy %(number)s is issued.") % {"number": asked.certificate.shown_number},
            _("Sign in and fetch it here, once, until %(until)s:") % {"until": until},
            _address("fetch_copy", token),
        ]
        _send(asked.reader, _("Your certified copy"), lines)


def tell_refused(asked) -> None:
    """Write to the reader why he gets no copy."""
    with translation.override(language_of(asked.reader)):
        lines = [
            _("Your request for a certified copy was refused."),
            _("Reason: %(reason)s") % {"reason": asked.reason},
            _address("my_copies"),
        ]
        _send(asked.reader, _("Your request for a certified copy"), lines)


def _named(unit) -> str:
    return f"{unit.shown_code} {unit.title}".strip()


def _address(name: str, *arguments) -> str:
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse(name, args=arguments)


def _send(person, subject: str, lines: list[str]) -> None:
    if person.email:
        send_mail(" ".join(subject.split()), "\n\n".join(lines) + "\n", None, [person.email])
