"""What access ranks and permissions of use add to the admin from this room: page, button, bulk action, work list, log."""

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.ui.menus.pages import PageMenuItem
from wagtail.log_actions import LogFormatter

from fonds.access.enums import Rank
from fonds.access.grants.admin_views import waiting_for
from fonds.access.roles import DECIDE_PERMISSION

from .admin_home import WorkItem, work_list
from .rank_bulk import SetRanks
from .rank_views import RankView
from .ranks import SET_RANKS, may_set_ranks

hooks.register("register_bulk_action", SetRanks)


@hooks.register("register_admin_urls")
def register_rank_urls() -> list:
    return [path("archive/<int:pk>/access/", RankView.as_view(), name="unit_ranks")]


class RanksMenuItem(PageMenuItem):
    label = gettext_lazy("Access ranks")
    icon_name = "lock"
    url_name = "unit_ranks"

    def is_shown(self, user) -> bool:
        return may_set_ranks(user, self.page)


@hooks.register("register_page_header_buttons")
def ranks_button(page, user, view_name: str, next_url: str | None = None):
    if getattr(page, "level", ""):
        yield RanksMenuItem(page=page, priority=14)


@work_list
def requests_to_decide(request: HttpRequest) -> WorkItem | None:
    """The requests for access that wait for this person."""
    if not request.user.has_perm(DECIDE_PERMISSION):
        return None
    count = waiting_for(request.user).count()
    return WorkItem(
        _("Requests for access that wait for your decision"), count, reverse("access_requests"), "key", bool(count)
    )


@hooks.register("register_log_actions")
def register_rank_log_actions(actions) -> None:
    @actions.register_action(SET_RANKS)
    class SetRanksFormatter(LogFormatter):
        label = gettext_lazy("Set access ranks")

        def format_message(self, entry) -> str:
            changes = [_change(name, entry.data[name]) for name in _WORDS if name in entry.data]
            words = {"changes": _("; ").join(changes) or _("nothing changed"), "reason": entry.data.get("reason", "")}
            return _("Access set: %(changes)s. Reason: %(reason)s") % words


_WORDS = {
    "catalogue_rank": gettext_lazy("entry"),
    "content_rank": gettext_lazy("pages"),
    "closed_until": gettext_lazy("closed until"),
}


def _change(name: str, values: dict) -> str:
    old, new = ((_value(name, values[each]) or "—") for each in ("old", "new"))
    return _("%(what)s from %(old)s to %(new)s") % {"what": _WORDS[name], "old": old, "new": new}


def _value(name: str, value: str) -> str:
    return value if name == "closed_until" else str(Rank[value.upper()].label)
