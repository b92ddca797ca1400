"""What the security administrator does with an account besides its form: the link to its password, ending sessions,
and the three administrators of a new installation."""

from dataclasses import dataclass

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fonds.audit import names
from fonds.audit.events import record

from . import roles
from .accounts.sessions import end_sessions
from .administration import refuse
from .models import User

LINK_SENT, SESSIONS_ENDED = "account.link_sent", "account.sessions_ended"
names.register(LINK_SENT, gettext_lazy("Link to set the password sent"))
names.register(SESSIONS_ENDED, gettext_lazy("Sessions of an account ended"))


def password_link(user: User) -> str:
    """The address at which the owner of ``user`` sets his password. It works once, until the password or the address
    changes, for ``PASSWORD_RESET_TIMEOUT`` seconds at most."""
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    path = reverse(
        "account_reset_password_from_key", kwargs=dict(zip(("uidb36", "key"), key.split("-", 1), strict=True))
    )
    return settings.WAGTAILADMIN_BASE_URL.rstrip("/") + path


@transaction.atomic
def send_password_link(user: User, person: User | None = None) -> None:
    """Mail the link to the account's own address; nobody else sees it. Raises ``Refused`` without an active account or
    without an address; a mail server that fails undoes it."""
    if not (user.is_active and user.email):
        refuse(_("The account is not active, or has no e-mail address."))
    record(LINK_SENT, unit=user, subject=str(user), user=person, detail={"email": user.email})
    text = _(
        "There is an account for you in the archive: %(name)s.\nSet your password here, within %(minutes)s minutes:"
        "\n%(link)s\nLater, ask for a new link on the sign-in page under “Password forgotten?”."
    ) % {"name": user.username, "minutes": settings.PASSWORD_RESET_TIMEOUT // 60, "link": password_link(user)}
    send_mail(_("Your account in the archive"), text, None, [user.email])


@transaction.atomic
def end_sessions_of(user: User, person: User | None = None) -> int:
    """Sign the account out everywhere; how many sessions there were."""
    count = end_sessions([user.pk])
    record(SESSIONS_ENDED, unit=user, subject=str(user), user=person, detail={"count": count})
    return count


@dataclass(frozen=True)
class Named:
    """One of the first three administrators: the role, and who takes it."""

    role: str
    username: str
    email: str


@transaction.atomic
def make_administrators(people: list[Named]) -> list[tuple[Named, str]]:
    """Make the three administrators of a new installation; each with the link at which he sets his password.

    All three or none. Raises ``ValidationError`` where a name or address is missing, wrong, taken or given twice, and
    where the archive has an administrator of that role already.
    """
    if len({each.username.casefold() for each in people}) < len(people):
        raise ValidationError(_("The three administrators are three people, each with a name of his own."))
    if len({each.email.casefold() for each in people}) < len(people):
        raise ValidationError(_("The three administrators are three people, each with an address of his own."))
    return [(each, password_link(_make_administrator(each))) for each in people]


def _make_administrator(named: Named) -> User:
    group, _is_new = Group.objects.get_or_create(name=named.role)
    if group.user_set.filter(is_active=True).exists():
        words = {"role": roles.label_of(named.role)}
        raise ValidationError(_("There is an account with this role already: %(role)s.") % words)
    validate_email(named.email)
    user = User(username=named.username, last_name=str(roles.label_of(named.role)), email=named.email)
    user.set_password(get_random_string(50))
    user.full_clean(exclude=["password", "first_name"])
    user.save()
    user.groups.add(group)
    return user
