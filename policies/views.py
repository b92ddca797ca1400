"""The print of a policy, its published versions and what changed between two of them."""

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fonds.access.decisions import require
from fonds.access.doors import door
from fonds.access.enums import Right
from fonds.archive_pages.reading import trail

from .changes import SAME, compare_parts
from .models import PolicyPage, PolicyVersion
from .printing import print_policy
from .reading import published_versions


def _policy(request: HttpRequest, pk: int) -> PolicyPage:
    """The published policy ``pk``, where the reader may see it."""
    policy = get_object_or_404(PolicyPage.objects.live(), id=pk)  # as id, numbers beyond the column are just not found
    require(request.user, Right.VIEW, policy)
    return policy


def _frame(request: HttpRequest, policy: PolicyPage) -> dict:
    return {"policy": policy, "page": policy, "trail": [*trail(policy, request.user), policy]}


@door(right=Right.VIEW, pk="unit")
@require_safe
def policy_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The policy as it is published, as a PDF."""
    policy = _policy(request, pk)
    response = HttpResponse(print_policy(policy), content_type="application/pdf")
    name = quote(f"{policy.title}.pdf")
    response["Content-Disposition"] = f"inline; filename=\"policy-{policy.pk}.pdf\"; filename*=UTF-8''{name}"
    response["Cache-Control"] = "private, no-store"
    return response


@door(right=Right.VIEW, pk="unit")
@require_safe
def policy_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """All published versions of a policy."""
    policy = _policy(request, pk)
    versions = list(published_versions(policy))
    return render(request, "policies/policy_versions.html", {**_frame(request, policy), "versions": versions})


@door(right=Right.VIEW, pk="unit", number="version_number")
@require_safe
def policy_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The text of one published version."""
    policy = _policy(request, pk)
    version = get_object_or_404(PolicyVersion, page=policy, number=number)
    context = {**_frame(request, policy), "version": version, "parts": version.parts}
    return render(request, "policies/policy_version.html", context)


@door(right=Right.VIEW, pk="unit")
@require_safe
def policy_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed from version ``?from=`` to version ``?to=``; without them, the last two versions."""
    policy = _policy(request, pk)
    versions = {str(version.number): version for version in published_versions(policy)}
    if len(versions) < 2:
        raise Http404
    numbers = list(versions)
    old, new = request.GET.get("from", numbers[1]), request.GET.get("to", numbers[0])
    if old not in versions or new not in versions:
        raise Http404
    old, new = (PolicyVersion.objects.get(pk=versions[number].pk) for number in (old, new))
    rows = compare_parts(old.parts, new.parts)
    context = {
        **_frame(request, policy),
        "versions": list(versions.values()),
        "old": old,
        "new": new,
        "head": _head_changes(old, new),
        "rows": [row for row in rows if row.kind != SAME],
        "same_count": sum(row.kind == SAME for row in rows),
    }
    return render(request, "policies/policy_changes.html", context)


def _head_changes(old: PolicyVersion, new: PolicyVersion) -> list[dict]:
    """What differs above the first article."""
    fields = {
        "title": _("Title"),
        "document_number": _("Number"),
        "issuing_body": _("Issuing body"),
        "effective_date": _("Effective date"),
        "preface": _("Preface"),
    }
    return [
        {"label": label, "old": getattr(old, name), "new": getattr(new, name)}
        for name, label in fields.items()
        if getattr(old, name) != getattr(new, name)
    ]
