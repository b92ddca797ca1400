"""Which office signs with which key, and whose key is gone from the settings."""

from django.utils.translation import gettext as _

from fonds.reports.signing.faults import SigningFault
from fonds.reports.signing.keys import key_setting
from fonds.reports.signing.states import KeyState

from .models import IssuingOffice


def offices_by_key() -> tuple[dict[str, list[IssuingOffice]], list[str]]:
    """The offices in use by the name of their key, and a sentence for each whose key the settings do not know: one
    query, whatever the number of keys."""
    by_key: dict[str, list[IssuingOffice]] = {}
    sentences = []
    for office in IssuingOffice.objects.filter(is_used=True):
        try:
            by_key.setdefault(key_setting(office.signing_key).name, []).append(office)
        except SigningFault as error:
            words = {"office": office, "fault": error}
            sentences.append(_("“%(office)s” cannot issue: %(fault)s") % words)
    return by_key, sentences


def used_by(state: KeyState, by_key: dict[str, list[IssuingOffice]]) -> str:
    """A sentence saying which offices use the key; empty where none does."""
    offices = by_key.get(state.name, [])
    if not offices:
        return ""
    return _("Offices that sign with it: %(offices)s.") % {"offices": "; ".join(str(office) for office in offices)}
