"""Searches that somebody has kept for himself: nobody else sees or changes them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fonds.access.doors import door

from .models import SavedSearch
from .narrowing import FILTERS
from .query import parse

MOST = 100  # saved searches of one person
_KEPT = ("q", *FILTERS, "sort")


@door(signed_in=True)
@login_required
@require_safe
def saved_searches(request: HttpRequest) -> HttpResponse:
    """The searches of the person who asks, the newest first."""
    rows = SavedSearch.objects.filter(user=request.user)[:MOST]
    return render(request, "search/saved_searches.html", {"searches": rows})


@door(signed_in=True)
@login_required
@require_POST
def save_search(request: HttpRequest) -> HttpResponse:
    """Keep the search whose parameters are sent; the same one again is kept once."""
    kept = QueryDict(mutable=True)
    for name in _KEPT:
        if value := request.POST.get(name, "").replace("\0", "").strip()[:200]:
            kept[name] = value
    address = kept.urlencode()
    if not address or len(address) > 1000:
        return redirect("search")
    mine = SavedSearch.objects.filter(user=request.user)
    if mine.count() >= MOST:
        messages.error(request, _("You have %(most)s saved searches. Delete one first.") % {"most": MOST})
        return redirect("saved_searches")
    name = (parse(kept.get("q", "")).text or " ".join(kept.values()))[:100]
    mine.get_or_create(user=request.user, address=address, defaults={"name": name})
    return redirect(f"{reverse('search')}?{address}")


@door(signed_in=True, pk="saved_search")
@login_required
@require_POST
def delete_search(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one of one's own searches; those of others are not there."""
    get_object_or_404(SavedSearch, pk=pk, user=request.user).delete()
    return redirect("saved_searches")
