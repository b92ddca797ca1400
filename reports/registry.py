"""The printed lists that the rooms offer. A room registers its own in ``AppConfig.ready()``."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.core.exceptions import PermissionDenied

from fonds.access.decisions import is_archive_staff

from .tables import ListReport


class PrintoutForm(forms.Form):
    """The parameters of a printed list, as ``user`` may give them."""

    def __init__(self, *args, user, **kwargs) -> None:
        self.user = user
        super().__init__(*args, **kwargs)


@dataclass(frozen=True)
class Printout:
    """A list that can be printed on demand.

    ``form`` asks for its parameters; ``build(values, user)`` makes the list of what ``user`` may see from the form's
    cleaned values; ``count(values, user)`` says how many rows that will be. ``permission`` is asked besides being of
    the staff; empty: none.
    """

    name: str
    title: str
    description: str
    form: type[PrintoutForm]
    build: Callable[[dict, object], ListReport]
    count: Callable[[dict, object], int]
    permission: str = ""

    def may_run(self, user) -> bool:
        """Whether ``user`` may print this list."""
        return is_archive_staff(user) and (not self.permission or user.has_perm(self.permission))


_PRINTOUTS: dict[str, Printout] = {}


def register(printout: Printout) -> None:
    """Offer ``printout``; a second one of the same name takes the first one's place."""
    _PRINTOUTS[printout.name] = printout


def offered(user) -> list[Printout]:
    """What ``user`` may print, in the order of registration."""
    return [printout for printout in _PRINTOUTS.values() if printout.may_run(user)]


def find(name: str, user) -> Printout:
    """The printout called ``name``. Raises ``LookupError`` where there is none, ``PermissionDenied`` where ``user``
    may not print it."""
    printout = _PRINTOUTS[name]
    if not printout.may_run(user):
        raise PermissionDenied
    return printout
