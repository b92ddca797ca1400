"""What the admin's home page says of the signing keys, while there is something to say."""

import time

from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from fonds.reports.signing.states import KeyState, key_states

from .offices.keys import offices_by_key, used_by

KEPT_SECONDS = 300  # tokens are slow to open
PERMISSIONS = ("reading_room.change_issuingoffice", "wagtailcore.change_site")

_kept: tuple[float, list[KeyState]] | None = None


def kept_states() -> list[KeyState]:
    """The keys as they stood at most ``KEPT_SECONDS`` ago."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > KEPT_SECONDS:
        _kept = time.monotonic(), key_states()
    return _kept[1]


class SigningPanel(Component):
    """Keys that cannot sign, or not much longer, and the offices that this concerns."""

    name = "signing"
    template_name = "reading_room/signing_panel.html"
    order = 55

    def __init__(self, states: list[KeyState]) -> None:
        by_key, faults = offices_by_key()
        told = [(state, state.fault or state.warning) for state in states if state.fault or state.warning]
        self.sentences = [f"{sentence} {used_by(state, by_key)}".strip() for state, sentence in told] + faults

    def get_context_data(self, parent_context) -> dict:
        return {"sentences": self.sentences, "heading": _("Signing of certificates")}
