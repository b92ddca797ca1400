"""Who is told of a request and of its decision: by e-mail, and in the system (decisions not seen yet).

Mail leaves after the commit; a mail server that is away is written in the server's log and stands in nobody's way.
It names the unit only where its reader may know of it.
"""

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ..decisions import may
from ..enums import RequestState, Right
from ..models import AccessRequest, Grant, User
from ..roles import DECIDE_PERMISSION
from .rules import rights_of

DECIDED = (RequestState.GRANTED, RequestState.REFUSED)


def after_commit(tell: Callable, row) -> None:
    """Send what ``tell`` sends about ``row`` once the present transaction is committed."""
    transaction.on_commit(partial(tell, row), robust=True)


def unseen(reader) -> QuerySet[AccessRequest]:
    """The decisions on the requests of ``reader`` that he has not seen yet."""
    return AccessRequest.objects.filter(reader_id=reader.pk, state__in=DECIDED, seen_at=None)


def deciders(asked: AccessRequest) -> list[User]:
    """Who may decide about ``asked``: has the permission, is not the asker, may know of the unit."""
    app, codename = DECIDE_PERMISSION.split(".")
    rights = {"codename": codename, "content_type__app_label": app}
    by_group = Q(**{f"groups__permissions__{name}": value for name, value in rights.items()})
    by_person = Q(**{f"user_permissions__{name}": value for name, value in rights.items()})
    people = User.objects.filter(by_group | by_person, is_active=True).exclude(pk=asked.reader_id).distinct()
    return [person for person in people if may(person, Right.CATALOGUE, asked.unit)]


def language_of(user) -> str:
    """The language in which ``user`` is written to: that of his profile, or the archive's."""
    profile = getattr(user, "wagtail_userprofile", None)
    chosen = profile.preferred_language if profile else ""
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def tell_deciders(asked: AccessRequest) -> None:
    """Write to those who may decide that a request waits."""
    for person in deciders(asked):
        with translation.override(language_of(person)):
            lines = [
                _("%(reader)s asks for access to %(unit)s.")
                % {"reader": asked.reader, "unit": _unit(person, asked.unit)},
                _("Wanted: %(rights)s, until %(date)s.")
                % {"rights": rights_in_words(asked), "date": date_format(asked.until)},
                _("Purpose: %(purpose)s. %(text)s")
                % {"purpose": asked.get_purpose_display(), "text": asked.purpose_text},
                _address("access_request", asked.pk),
            ]
            _send(person, _("A request for access waits for your decision"), lines)


def tell_decision(asked: AccessRequest) -> None:
    """Write the decision to the reader."""
    reader = asked.reader
    with translation.override(language_of(reader)):
        unit = _unit(reader, asked.unit)
        if asked.state == RequestState.GRANTED:
            subject = _("Your request for access was granted")
            lines = [_("You may use %(unit)s.") % {"unit": unit}, _terms(asked.grant)]
        else:
            subject = _("Your request for access was refused")
            lines = [_("Access to %(unit)s was refused.") % {"unit": unit}]
        reason = _("Reason: %(reason)s") % {"reason": asked.reason}
        _send(reader, subject, [*lines, reason, _address("my_requests")])


def tell_given(grant: Grant) -> None:
    """Write to a person that he was given a permission."""
    with translation.override(language_of(grant.user)):
        unit = _unit(grant.user, grant.unit)
        lines = [_("You may use %(unit)s.") % {"unit": unit}, _terms(grant), _address("my_requests")]
        _send(grant.user, _("You were given a permission"), lines)


def tell_withdrawn(grant: Grant) -> None:
    """Write to a person that his permission has ended."""
    with translation.override(language_of(grant.user)):
        lines = [
            _("Your permission for %(unit)s has ended.") % {"unit": _unit(grant.user, grant.unit)},
            _("Reason: %(reason)s") % {"reason": grant.withdrawal_reason},
            _address("my_requests"),
        ]
        _send(grant.user, _("Your permission was withdrawn"), lines)


def rights_in_words(row) -> str:
    """The rights of a request or a grant, in the language in force."""
    words = [str(right.label) for right in rights_of(row)] or [str(Right.CATALOGUE.label)]
    return pgettext("between words", ", ").join(words)


def _terms(grant: Grant) -> str:
    words = {"rights": rights_in_words(grant), "from": date_format(grant.starts_on), "to": date_format(grant.ends_on)}
    return _("%(rights)s, from %(from)s to %(to)s.") % words


def _unit(person, unit) -> str:
    if not may(person, Right.CATALOGUE, unit):
        return _("a unit you may no longer see")
    return _("%(code)s “%(title)s”") % {"code": unit.shown_code, "title": unit.title}


def _address(name: str, *arguments) -> str:
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse(name, args=arguments)


def _send(person, subject: str, lines: list[str]) -> None:
    if person.email:
        send_mail(" ".join(subject.split()), "\n\n".join(lines) + "\n", None, [person.email])
