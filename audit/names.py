"""The names of actions that an event may bear, each with its words.

Rooms above register their own names with ``register`` (from ``AppConfig.ready()``) or with Wagtail's
``register_log_actions`` hook: both are known here. An unknown name is a programming error, not an event.
"""

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import registry as wagtail_actions

SIGN_IN = "session.sign_in"
SIGN_IN_FAILED = "session.sign_in_failed"
SIGN_OUT = "session.sign_out"
REFUSED = "access.refused"
LOOK = "look.unit"
MARKED_LOOK = "look.marked"
ORIGINAL = "file.original"
DOCUMENT = "file.document"
CERTIFICATE_FILE = "file.certificate"
JOB_FILE = "file.job"
JOB_START = "job.start"
PRINTOUT = "export.printout"
PAGES_PRINTED = "export.pages"
EVENT_EXPORT = "audit.export"
SEAL_EXPORT = "audit.export_seal"
PURGE = "audit.purge"
ALARM = "audit.alarm"
ACKNOWLEDGE = "audit.acknowledge"
BREAK_GLASS = "audit.break_glass"
BREAK_GLASS_END = "audit.break_glass_end"

_names: dict[str, object] = {
    SIGN_IN: _("Signed in"),
    SIGN_IN_FAILED: _("Sign-in failed"),
    SIGN_OUT: _("Signed out"),
    "account.create": _("Account made"),
    "account.delete": _("Account deleted"),
    "account.change": _("Account changed"),
    "account.password": _("Password changed"),
    "account.activate": _("Account activated"),
    "account.deactivate": _("Account deactivated"),
    "account.groups": _("Groups of an account changed"),
    "account.permissions": _("Own permissions of an account changed"),
    "group.create": _("Group made"),
    "group.delete": _("Group deleted"),
    "group.permissions": _("Permissions of a group changed"),
    REFUSED: _("Refused"),
    LOOK: _("Looked at a restricted unit"),
    MARKED_LOOK: _("Looked at an open unit with a watermark"),
    ORIGINAL: _("Downloaded an original scan"),
    DOCUMENT: _("Downloaded a document"),
    CERTIFICATE_FILE: _("Printed a certified copy again"),
    JOB_FILE: _("Downloaded the file of a job"),
    JOB_START: _("Job started"),
    PRINTOUT: _("List printed or exported"),
    PAGES_PRINTED: _("Pages of a unit printed"),
    EVENT_EXPORT: _("Events exported"),
    SEAL_EXPORT: _("Seal exported"),
    PURGE: _("Old events removed"),
    ALARM: _("Alarm raised"),
    ACKNOWLEDGE: _("Alarm acknowledged"),
    BREAK_GLASS: _("Break-glass: full rights given"),
    BREAK_GLASS_END: _("Break-glass: full rights ended"),
}

#: Actions that count as taking material out of the house, for the alarm on mass downloads.
DOWNLOADS = {ORIGINAL, DOCUMENT, CERTIFICATE_FILE, JOB_FILE, PRINTOUT, PAGES_PRINTED, EVENT_EXPORT}
#: Actions that count as a refusal.
REFUSALS = {REFUSED, SIGN_IN_FAILED}


def register(name: str, label) -> None:
    """Make ``name`` (``room.action``) known with its translatable ``label``."""
    _names[name] = label


def is_known(name: str) -> bool:
    """Whether an event may bear ``name``."""
    return name in _names or wagtail_actions.action_exists(name)


def label_of(name: str) -> str:
    """The words of ``name`` in the reader's language; the name itself where its room is gone."""
    if name in _names:
        return str(_names[name])
    if wagtail_actions.action_exists(name):
        return capfirst(str(wagtail_actions.get_action_label(name)))
    return name


def choices() -> list[tuple[str, str]]:
    """All names with their words, sorted by these, for a form."""
    own = {name: label_of(name) for name in _names}
    wagtails = {name: label_of(name) for name, _label in wagtail_actions.get_choices()}
    return sorted({**wagtails, **own}.items(), key=lambda pair: pair[1])
