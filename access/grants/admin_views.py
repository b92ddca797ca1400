"""The admin's pages of permissions: requests and their decision, grants, who can see a unit, what a person can see."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.utils import get_breadcrumbs_items_for_page

from ..decisions import require, visible
from ..doors import door
from ..enums import RequestState, Right
from ..models import AccessRequest, Grant, User
from ..roles import DECIDE_PERMISSION
from . import actions, overview
from .forms import DecideForm, GiveForm, GrantFilter, RefuseForm, RequestFilter

PAGE_SIZE = 30
TABS = (
    ("access_requests", gettext_lazy("Requests"), DECIDE_PERMISSION),
    ("access_grants", gettext_lazy("Permissions given"), actions.OVERSEE_PERMISSION),
    ("access_people", gettext_lazy("People"), actions.OVERSEE_PERMISSION),
)


def tabs(current: str, user) -> list[dict]:
    """The ways between these pages, as far as ``user`` may go them."""
    return [
        {"url": reverse(name), "label": label, "current": name == current}
        for name, label, permission in TABS
        if user.has_perm(permission)
    ]


def waiting_for(user) -> QuerySet[AccessRequest]:
    """The requests that ``user`` may decide now."""
    rows = AccessRequest.objects.filter(state=RequestState.WAITING).exclude(reader_id=user.pk)
    return visible(rows, user, "unit__")


@method_decorator(never_cache, name="dispatch")
class PermissionsView(WagtailAdminTemplateMixin, TemplateView):
    """A page of the admin for those with ``permission``."""

    permission = actions.OVERSEE_PERMISSION
    header_icon = "key"
    tab = ""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict]:
        above = [{"url": reverse(name), "label": label} for name, label, _right in TABS if name == self.tab]
        return [*self.breadcrumbs_items, *above, {"url": "", "label": str(self.get_page_title())}]

    def get_context_data(self, **kwargs) -> dict:
        return {**super().get_context_data(**kwargs), "tabs": tabs(self.tab, self.request.user)}

    def page_of(self, rows: QuerySet) -> Page:
        """The asked part of a list; nonsense in the address gives the first or the last."""
        return Paginator(rows, PAGE_SIZE).get_page(self.request.GET.get("p"))


@door(permission=DECIDE_PERMISSION)
class RequestListView(PermissionsView):
    """Requests for access: those that wait, or all of a state."""

    permission = DECIDE_PERMISSION
    template_name = "access/grants/admin/requests.html"
    page_title = gettext_lazy("Access requests")
    tab = "access_requests"

    def get_breadcrumbs_items(self) -> list[dict]:
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.get_page_title())}]

    def get_context_data(self, **kwargs) -> dict:
        form = RequestFilter(self.request.GET)
        state = (form.is_valid() and form.cleaned_data["state"]) or RequestState.WAITING.value
        rows = visible(AccessRequest.objects.all(), self.request.user, "unit__")
        rows = rows if state == "all" else rows.filter(state=state)
        order = "created_at" if state == RequestState.WAITING else "-created_at"
        rows = rows.select_related("reader", "unit", "decided_by").order_by(order, "pk")
        return {
            **super().get_context_data(**kwargs),
            "form": RequestFilter({"state": state}),
            "page": self.page_of(rows),
        }


@door(permission=DECIDE_PERMISSION, pk="access_request")
class RequestView(PermissionsView):
    """One request, and its decision."""

    permission = DECIDE_PERMISSION
    template_name = "access/grants/admin/request.html"
    page_title = gettext_lazy("Access request")
    tab = "access_requests"

    @cached_property
    def asked(self) -> AccessRequest:
        rows = AccessRequest.objects.select_related("reader__department", "unit", "decided_by", "grant")
        asked = get_object_or_404(rows, pk=self.kwargs["pk"])
        require(self.request.user, Right.CATALOGUE, asked.unit)
        return asked

    def get_context_data(self, **kwargs) -> dict:
        asked = self.asked
        entry, pages = overview.sources_of(overview.chain_of(asked.unit))
        waits = asked.state == RequestState.WAITING
        others = AccessRequest.objects.filter(reader=asked.reader).exclude(pk=asked.pk)
        return {
            **super().get_context_data(**kwargs),
            "asked": asked,
            "may_decide": waits and asked.reader_id != self.request.user.pk,
            "is_own": asked.reader_id == self.request.user.pk,
            "form": kwargs.get("form") or DecideForm(asked=asked),
            "below": asked.unit.get_descendants().count(),
            "entry": entry,
            "pages": pages,
            "others": visible(others, self.request.user, "unit__").select_related("unit")[:10],
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        refuses = request.POST.get("decision") == "refuse"
        form = RefuseForm(request.POST) if refuses else DecideForm(request.POST, asked=self.asked)
        if form.is_valid():
            try:
                decide = actions.refuse_request if refuses else actions.grant_request
                decide(self.asked, request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                done = _("The request is refused.") if refuses else _("The request is granted.")
                messages.success(request, f"{done} {_('The reader is told.')}")
                return redirect("access_requests")
        shown = DecideForm(request.POST, asked=self.asked)
        shown.is_valid()
        shown.errors.clear()
        shown.errors.update(form.errors)
        del self.asked  # somebody else may have decided meanwhile
        return self.render_to_response(self.get_context_data(form=shown))


@door(permission=actions.OVERSEE_PERMISSION)
class GrantListView(PermissionsView):
    """The permissions given: in force, ended, all."""

    template_name = "access/grants/admin/grants.html"
    page_title = gettext_lazy("Permissions given")
    tab = "access_grants"

    def get_breadcrumbs_items(self) -> list[dict]:
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.get_page_title())}]

    def get_context_data(self, **kwargs) -> dict:
        form = GrantFilter(self.request.GET)
        asked = form.cleaned_data if form.is_valid() else {}
        user = self.request.user
        return {
            **super().get_context_data(**kwargs),
            "form": GrantFilter({**asked, "state": asked.get("state") or "active"}),
            "page": self.page_of(self._rows(asked)),
            "may_give": user.has_perm(DECIDE_PERMISSION),
            "today": timezone.localdate(),
        }

    def _rows(self, asked: dict) -> QuerySet[Grant]:
        rows = visible(Grant.objects.all(), self.request.user, "unit__")
        state = asked.get("state") or "active"
        if state == "active":
            rows = rows.active()
        elif state == "ended":
            rows = rows.filter(Q(ends_on__lt=timezone.localdate()) | Q(withdrawn_at__isnull=False))
        for word in asked.get("holder", "").split():
            person = Q(user__username__icontains=word) | Q(user__last_name__icontains=word)
            rows = rows.filter(person | Q(user__first_name__icontains=word) | Q(group__name__icontains=word))
        if asked.get("code"):
            rows = rows.filter(unit__reference_code__startswith=asked["code"].strip().upper())
        return rows.select_related("user", "group", "unit", "approver", "withdrawn_by")


@door(permission=DECIDE_PERMISSION, queries={"unit": "unit"})
class GiveView(PermissionsView):
    """Give a permission nobody asked for."""

    permission = DECIDE_PERMISSION
    template_name = "access/grants/admin/give.html"
    page_title = gettext_lazy("Give a permission")
    tab = "access_grants"

    def get_context_data(self, **kwargs) -> dict:
        form = kwargs.get("form") or GiveForm(initial=self._initial())
        return {**super().get_context_data(**kwargs), "form": form, "media": form.media}

    def post(self, request: HttpRequest) -> HttpResponse:
        form = GiveForm(request.POST)
        if form.is_valid():
            try:
                actions.give(approver=request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("The permission is given."))
                return redirect("access_grants")
        return self.render_to_response(self.get_context_data(form=form))

    def _initial(self) -> dict:
        number = self.request.GET.get("unit", "")
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            return {}
        units = visible(overview.unit_model().objects.exclude(level=""), self.request.user)
        return {"unit": units.filter(pk=number).first()}


@door(permission=actions.OVERSEE_PERMISSION, pk="grant")
class GrantView(PermissionsView):
    """One permission, and its withdrawal."""

    template_name = "access/grants/admin/grant.html"
    page_title = gettext_lazy("Permission")
    tab = "access_grants"

    @cached_property
    def grant(self) -> Grant:
        rows = Grant.objects.select_related("user", "group", "unit", "approver", "withdrawn_by")
        grant = get_object_or_404(rows, pk=self.kwargs["pk"])
        require(self.request.user, Right.CATALOGUE, grant.unit)
        return grant

    def get_context_data(self, **kwargs) -> dict:
        grant = self.grant
        runs = not grant.withdrawn_at and grant.ends_on >= timezone.localdate()
        return {
            **super().get_context_data(**kwargs),
            "grant": grant,
            "below": grant.unit.get_descendants().count(),
            "may_withdraw": runs and self.request.user.has_perm(actions.WITHDRAW_PERMISSION),
            "form": kwargs.get("form") or RefuseForm(),
        }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = RefuseForm(request.POST)
        if form.is_valid():
            try:
                actions.withdraw(self.grant, request.user, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("The permission is withdrawn and has ended."))
                return redirect("access_grants")
        return self.render_to_response(self.get_context_data(form=form))


@door(permission=actions.OVERSEE_PERMISSION, pk="unit")
class UnitAccessView(PermissionsView):
    """谁能看: who can see a unit, and why."""

    template_name = "access/grants/admin/unit.html"
    page_title = gettext_lazy("Who can see this")

    @cached_property
    def unit(self):
        unit = get_object_or_404(overview.unit_model().objects.exclude(level=""), pk=self.kwargs["pk"])
        require(self.request.user, Right.CATALOGUE, unit)
        return unit

    def get_page_subtitle(self) -> str:
        return self.unit.title

    def get_breadcrumbs_items(self) -> list[dict]:
        above = get_breadcrumbs_items_for_page(self.unit, self.request.user)
        return [*self.breadcrumbs_items, *above, {"url": "", "label": str(self.get_page_title())}]

    def get_context_data(self, **kwargs) -> dict:
        unit, user = self.unit, self.request.user
        entry, pages = overview.sources_of(overview.chain_of(unit))
        return {
            **super().get_context_data(**kwargs),
            "unit": unit,
            "entry": entry,
            "pages": pages,
            "reaches": overview.reaches(unit),
            "page": self.page_of(overview.grants_covering(unit)),
            "may_give": user.has_perm(DECIDE_PERMISSION),
        }


@door(permission=actions.OVERSEE_PERMISSION)
class PeopleView(PermissionsView):
    """The accounts, to look up what each can see."""

    template_name = "access/grants/admin/people.html"
    page_title = gettext_lazy("People")
    tab = "access_people"

    def get_breadcrumbs_items(self) -> list[dict]:
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.get_page_title())}]

    def get_context_data(self, **kwargs) -> dict:
        words = self.request.GET.get("q", "")[:100]
        people = User.objects.select_related("department").prefetch_related("groups").order_by("username")
        for word in words.split():
            named = Q(last_name__icontains=word) | Q(first_name__icontains=word)
            people = people.filter(named | Q(username__icontains=word) | Q(email__icontains=word))
        return {**super().get_context_data(**kwargs), "page": self.page_of(people), "q": words}


@door(permission=actions.OVERSEE_PERMISSION, pk="account")
class PersonAccessView(PermissionsView):
    """能看什么: what a person can see."""

    template_name = "access/grants/admin/person.html"
    page_title = gettext_lazy("What this person can see")
    tab = "access_people"

    @cached_property
    def person(self) -> User:
        return get_object_or_404(User.objects.select_related("department"), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.person)

    def get_context_data(self, **kwargs) -> dict:
        person = self.person
        grants = visible(Grant.objects.active().for_person(person), self.request.user, "unit__")
        grants = grants.select_related("user", "group", "unit", "approver").order_by("ends_on", "pk")
        return {
            **super().get_context_data(**kwargs),
            "person": person,
            "clearances": overview.clearances_of(person),
            "sight": overview.sight_in_words(person),
            "counts": overview.counts_for(person),
            "page": self.page_of(grants),
        }
