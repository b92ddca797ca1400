"""What the history of a unit says about its scans."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.log_actions import LogFormatter

ADD_SCANS = "fonds.add_scans"
CORRECT_TEXT = "fonds.correct_text"
ADD_RECORDING = "fonds.add_recording"


@hooks.register("register_log_actions")
def register_scan_actions(actions) -> None:
    """Make the entries of this room known to Wagtail's history."""

    @actions.register_action(ADD_SCANS)
    class ScansAdded(LogFormatter):
        """Scans were taken in, or replaced."""

        label = _("Add scans")

        def format_message(self, log_entry) -> str:
            count = log_entry.data.get("pages", 0)
            return ngettext("%(count)s page scan added", "%(count)s page scans added", count) % {"count": count}

    @actions.register_action(CORRECT_TEXT)
    class TextCorrected(LogFormatter):
        """The text of a page was written by hand."""

        label = _("Correct text")

        def format_message(self, log_entry) -> str:
            return _("Text of page %(page)s corrected") % {"page": log_entry.data.get("page", "")}

    @actions.register_action(ADD_RECORDING)
    class RecordingAdded(LogFormatter):
        """A recording was taken in."""

        label = _("Add a recording")

        def format_message(self, log_entry) -> str:
            return _("Recording “%(name)s” added") % {"name": log_entry.data.get("name", "")}
