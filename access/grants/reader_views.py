"""What a reader does in the public site: asking for access, and following his requests."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..decisions import require
from ..doors import door
from ..enums import Right
from ..models import AccessRequest, Grant
from . import actions, doors, notices  # noqa: F401  (doors registers its kinds)
from .forms import AskForm
from .use import Use

PAGE_SIZE = 20


@door(pk="unit")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_access(request: HttpRequest, pk: int) -> HttpResponse:
    """The form in which a signed-in reader asks for access to a unit he knows of; 404 for any other unit."""
    unit = get_object_or_404(Grant._meta.get_field("unit").related_model.objects.live().exclude(level=""), pk=pk)
    require(request.user, Right.CATALOGUE, unit)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    use = Use(request.user, unit)
    form = AskForm(request.POST or None) if request.method == "POST" else AskForm()
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask(request.user, unit, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Your request is on its way to the archive. You will be told what is decided."))
            return redirect("my_requests")
    context = {"unit": unit, "form": form, "use": use, "unit_url": unit.get_url(request)}
    return render(request, "access/grants/ask.html", context)


@door(signed_in=True)
@never_cache
@login_required
@require_safe
def my_requests(request: HttpRequest) -> HttpResponse:
    """The reader's own requests and his permissions in force. Seeing the page is being told."""
    rows = AccessRequest.objects.filter(reader=request.user).select_related("unit", "grant", "decided_by")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    grants = Grant.objects.active().for_person(request.user).select_related("unit", "group").order_by("ends_on", "pk")
    context = {
        "requests": list(page.object_list),
        "page_of_requests": page,
        "grants": list(grants[:100]),
        "new": set(notices.unseen(request.user).values_list("pk", flat=True)),
    }
    if context["new"]:
        actions.mark_seen(request.user)
    return render(request, "access/grants/my_requests.html", context)


@door(signed_in=True, pk="access_request")
@login_required
@require_POST
def take_back_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's own request; that of another is not there."""
    asked = get_object_or_404(AccessRequest, pk=pk, reader=request.user)
    try:
        actions.take_back(asked, request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The request is taken back."))
    return redirect("my_requests")
