"""Wagtail's rights on pages, never beyond what the person may know of.

Everything of Wagtail that lists pages asks this policy: the explorer, choosers, reports, the history of the site, its
admin interface for scripts, the list of tasks. A page that may not be known of is in none of them.
"""

from django.db.models import Q, QuerySet
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.permission_policies.pages import PagePermissionPolicy

from fonds.access.decisions import may, visible, visible_q
from fonds.access.enums import Right

from .doors import ROOT_DEPTH
from .models import ArchivePage

_all_in_listing = PageBulkAction.get_all_objects_in_listing_query


class VisiblePagePolicy(PagePermissionPolicy):
    """The rights given to groups on parts of the tree, for the pages the person may know of."""

    def instances_user_has_any_permission_for(self, user, actions) -> QuerySet:
        return self._known(super().instances_user_has_any_permission_for(user, actions), user)

    def explorable_instances(self, user) -> QuerySet:
        return self._known(super().explorable_instances(user), user)

    def user_has_any_permission_for_instance(self, user, actions, instance) -> bool:
        known = instance.depth == ROOT_DEPTH or may(user, Right.CATALOGUE, instance)
        return known and super().user_has_any_permission_for_instance(user, actions, instance)

    def users_with_any_permission_for_instance(self, actions, instance, include_superusers=True) -> QuerySet:
        found = super().users_with_any_permission_for_instance(actions, instance, include_superusers)
        return found.filter(pk__in=[user.pk for user in found if may(user, Right.CATALOGUE, instance)])

    @staticmethod
    def _known(pages: QuerySet, user) -> QuerySet:
        return pages.filter(Q(depth=ROOT_DEPTH) | visible_q(user))


def connect() -> None:
    """Let «all of the listing», in Wagtail's own bulk actions, be all that the listing shows; it has no hook there."""

    def get_all_objects_in_listing_query(action, parent_id):
        pages = ArchivePage.objects.filter(pk__in=list(_all_in_listing(action, parent_id)))
        return visible(pages, action.request.user).values_list("pk", flat=True)

    PageBulkAction.get_all_objects_in_listing_query = get_all_objects_in_listing_query
