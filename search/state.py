"""The state of the index: whether it is of the form this program reads, and who is building it."""

import os
import socket
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import IndexState

#: The form of the index: folding, pairs, tables. Raised with every change to them; an older index is built anew.
VERSION = 1
SILENT_AFTER = timedelta(minutes=2)


class OldIndex(Exception):
    """The index is of another version of the program; the message is a sentence for the reader."""


class Busy(Exception):
    """Another process is building the index; the message is a sentence."""


def require_current() -> None:
    """Raise ``OldIndex`` unless the index can be read by this program."""
    if IndexState.objects.filter(version=VERSION).exists():
        return
    raise OldIndex(
        _(
            "The search index is of another version of this program, or a large load is not in it yet. It is built anew with: manage.py rebuild_search"
        )
    )


def take_hold() -> str:
    """Become the one process that builds the index; the mark to hold it by. Raises ``Busy`` where there is another.

    A process that was not heard of for two minutes, or that ended on this machine, holds it no more.
    """
    mark = f"{socket.gethostname()}:{os.getpid()}:{timezone.now().timestamp()}"
    IndexState.objects.get_or_create(pk=1)
    present = IndexState.objects.values_list("holder", flat=True).get()
    gone = Q(holder=present) if _has_ended(present) else Q(beat__lt=timezone.now() - SILENT_AFTER)
    taken = IndexState.objects.filter(Q(holder="") | gone).update(holder=mark, beat=timezone.now())
    if not taken:
        raise Busy(_("The search index is being built already, by %(holder)s.") % {"holder": present.rsplit(":", 1)[0]})
    return mark


def _has_ended(holder: str) -> bool:
    """Whether ``holder`` was a process of this machine that runs no more."""
    host, _colon, rest = holder.partition(":")
    number = rest.partition(":")[0]
    if host != socket.gethostname() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def note(mark: str, **values) -> None:
    """Write down how far the holder has come. Raises ``Busy`` where it was taken for dead and replaced."""
    if not IndexState.objects.filter(holder=mark).update(beat=timezone.now(), **values):
        raise Busy(_("Another process has taken over building the search index."))


def let_go(mark: str, **values) -> None:
    """Stop holding the index."""
    IndexState.objects.filter(holder=mark).update(holder="", beat=None, **values)
