"""A policy on paper, with the red head 红头 of an official document."""

from django.utils import timezone

from fonds.reports.press import render_pdf

from .models import PolicyPage
from .reading import text_context


def print_policy(policy: PolicyPage, language: str | None = None) -> bytes:
    """The policy as PDF (A4, pages numbered), labels in ``language``; what it says today about its status."""
    context = {**text_context(policy), "printed_on": timezone.localdate()}
    return render_pdf("policies/reports/policy.html", context, language=language)
