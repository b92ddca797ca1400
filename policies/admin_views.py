"""Replacing and repealing a policy in the admin."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from fonds.access.doors import door

from . import actions
from .enums import PolicyStatus
from .forms import RepealForm, ReplaceForm
from .models import PolicyPage


class PolicyStepView(FormView):
    """A step of one policy: asks, calls the action, and goes back to the policy."""

    template_name = "policies/admin/policy_step.html"
    step_title = ""
    explanation = ""
    icon = "doc-full"

    def dispatch(self, request, *args, **kwargs) -> HttpResponse:
        self.policy = get_object_or_404(PolicyPage, id=kwargs["pk"])
        if not actions.may_change(self.policy, request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs) -> dict:
        return super().get_context_data(
            policy=self.policy,
            page_title=self.step_title,
            page_subtitle=self.policy.title,
            header_icon=self.icon,
            explanation=self.explanation,
            form_action=self.request.path,
            back_url=self.back_url,
            **kwargs,
        )

    @property
    def back_url(self) -> str:
        return reverse("wagtailadmin_pages:edit", args=[self.policy.pk])

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            done = self.act(form.cleaned_data)
        except ValidationError as fault:
            form.add_error(None, fault)
            return self.form_invalid(form)
        messages.success(self.request, done)
        return redirect(self.back_url)

    def act(self, values: dict) -> str:
        """Do the step; the sentence that says it is done."""
        raise NotImplementedError


@door(admin=True, pk="unit")
class ReplaceView(PolicyStepView):
    """Replace a policy by another in force."""

    form_class = ReplaceForm
    step_title = gettext_lazy("Replace a policy")
    explanation = gettext_lazy("Readers then see “Replaced” on the old policy and a link from each to the other.")
    icon = "redirect"

    def get_form_kwargs(self) -> dict:
        candidates = (
            PolicyPage.objects.live()
            .filter(status=PolicyStatus.IN_FORCE)
            .exclude(pk=self.policy.pk)
            .defer("body", "preface", "search_text")
            .order_by("-effective_date", "pk")
        )
        return {**super().get_form_kwargs(), "candidates": candidates}

    def act(self, values: dict) -> str:
        actions.replace(self.policy, values["new"], self.request.user)
        return _("“%(old)s” is replaced by “%(new)s”.") % {"old": self.policy.title, "new": values["new"].title}


@door(admin=True, pk="unit")
class RepealView(PolicyStepView):
    """Repeal a policy."""

    form_class = RepealForm
    step_title = gettext_lazy("Repeal a policy")
    explanation = gettext_lazy("The policy stays readable, marked as repealed. A repeal cannot be taken back.")
    icon = "cross"

    def get_initial(self) -> dict:
        return {"date": timezone.localdate()}

    def act(self, values: dict) -> str:
        actions.repeal(self.policy, values["reason"], values["date"], self.request.user)
        return _("“%(title)s” is repealed.") % {"title": self.policy.title}
