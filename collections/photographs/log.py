"""What the history of a photograph says about work on it. No entry holds words of a photograph: they are content."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogFormatter

CAPTION = "fonds.caption_photo"
MARK_PERSONS = "fonds.mark_persons"
DECIDE_PAIR = "fonds.decide_pair"


@hooks.register("register_log_actions")
def register_photo_actions(actions) -> None:
    """Make the entries of this package known to Wagtail's history."""

    @actions.register_action(CAPTION)
    class Captioned(LogFormatter):
        """Fields were written on the captioning screen."""

        label = _("Caption photograph")

        def format_message(self, log_entry) -> str:
            fields = ", ".join(log_entry.data.get("fields", []))
            return _("Captioned: %(fields)s") % {"fields": fields}

    @actions.register_action(MARK_PERSONS)
    class Marked(LogFormatter):
        """Persons were marked on the picture."""

        label = _("Mark persons")

        def format_message(self, log_entry) -> str:
            return _("Marks of persons: %(count)s") % {"count": log_entry.data.get("marks", 0)}

    @actions.register_action(DECIDE_PAIR)
    class Decided(LogFormatter):
        """Something was said of two photographs that look alike."""

        label = _("Decide on doubles")

        def format_message(self, log_entry) -> str:
            return _("Compared with photograph %(other)s") % {"other": log_entry.data.get("other", "")}
