"""The entries this room writes into Wagtail's log."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogFormatter

from fonds.audit import names

from .standing import OPENED

names.register(OPENED, _("Opened: the last closed day has passed"))


@hooks.register("register_log_actions")
def register_log_actions(actions) -> None:
    @actions.register_action("archive_pages.renumber")
    class Renumber(LogFormatter):
        label = _("Renumber")

        def format_message(self, entry) -> str:
            return _("Reference code changed from %(old)s to %(new)s: %(reason)s") % entry.data

    actions.register_action("archive_pages.change_by_list", _("Change by a list"), _("Changed by an imported list"))

    @actions.register_action("archive_pages.import")
    class Import(LogFormatter):
        label = _("Import a catalogue")

        def format_message(self, entry) -> str:
            return _("List %(list)s imported: %(created)s new, %(updated)s changed, %(scans)s page scans") % entry.data
