"""The admin's page on which the access ranks of a unit are set, with a look at what that changes."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.utils import get_breadcrumbs_items_for_page

from fonds.access.decisions import require
from fonds.access.doors import door
from fonds.access.enums import Right
from fonds.access.grants import overview
from fonds.access.roles import RANK_PERMISSION

from . import ranks
from .models import ArchivePage
from .rank_forms import RankForm

FIELDS = ("catalogue_rank", "content_rank", "closed_until")


@door(permission=RANK_PERMISSION, pk="unit")
@method_decorator(never_cache, name="dispatch")
class RankView(WagtailAdminTemplateMixin, FormView):
    """访问权限: set the ranks of a unit. The first button shows what would change, the second changes it."""

    template_name = "archive_pages/admin/set_ranks.html"
    form_class = RankForm
    page_title = gettext_lazy("Access ranks")
    header_icon = "lock"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.has_perm(RANK_PERMISSION):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def unit(self) -> ArchivePage:
        unit = get_object_or_404(ArchivePage.objects.exclude(level=""), pk=self.kwargs["pk"])
        require(self.request.user, Right.CATALOGUE, unit)
        return unit

    def get_page_subtitle(self) -> str:
        return self.unit.title

    def get_breadcrumbs_items(self) -> list[dict]:
        above = get_breadcrumbs_items_for_page(self.unit, self.request.user)
        return [*self.breadcrumbs_items, *above, {"url": "", "label": str(self.get_page_title())}]

    def get_initial(self) -> dict:
        return {name: getattr(self.unit, name) for name in FIELDS}

    def get_context_data(self, **kwargs) -> dict:
        entry, pages = overview.sources_of(overview.chain_of(self.unit))
        below = self.unit.get_descendants().exclude(level="").count()
        return {
            "preview": None,
            **super().get_context_data(**kwargs),
            "unit": self.unit,
            "entry": entry,
            "pages": pages,
            "below": below,
        }

    def form_valid(self, form: RankForm) -> HttpResponse:
        wanted = {name: form.cleaned_data[name] for name in FIELDS}
        try:
            if "preview" in self.request.POST:
                preview = ranks.preview_ranks(self.unit, self.request.user, **wanted)
                return self.render_to_response(self.get_context_data(form=form, preview=preview))
            unit = ranks.set_ranks(self.unit, reason=form.cleaned_data["reason"], user=self.request.user, **wanted)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        messages.success(
            self.request, _("Access to “%(title)s” and all below it is set.") % {"title": unit.title},
            buttons=[messages.button(reverse("unit_ranks", args=[unit.pk]), _("Access ranks"), False)],
        )  # fmt: skip
        if unit.permissions_for_user(self.request.user).can_edit():
            return redirect("wagtailadmin_pages:edit", unit.pk)
        return redirect("unit_access", unit.pk)
