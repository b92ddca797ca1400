"""Asks the decision for what an address names before its view runs: what may not be known answers as what is not."""

from collections import defaultdict
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from .doors import KINDS, Door, Who, find_door
from .roles import STAFF_PERMISSION

ADMIN = "admin/"


class Doors:
    """Stands behind the authentication. Missing and hidden things take the same path: one query for each kind named,
    that finds what the person may have; where one of them is not in it, the answer is 404.

    People who may not enter the admin are left to Wagtail, which sends them away before it looks at any argument.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args, kwargs) -> None:
        match = request.resolver_match
        name = match.view_name if match.url_name else match.route
        found = find_door(view, name, ":".join(match.namespaces))
        if found is None or found.who is Who.ITSELF or self._is_sent_away(request):
            return
        self._ask(found, request, kwargs)

    def _is_sent_away(self, request: HttpRequest) -> bool:
        inside = request.resolver_match.route.startswith(ADMIN)
        return inside and not (request.user.is_active and request.user.has_perm(STAFF_PERMISSION))

    def _ask(self, found: Door, request: HttpRequest, kwargs: dict) -> None:
        wanted: dict[str, set[int]] = defaultdict(set)
        for kind, number in found.asked(request, kwargs):
            if not number.isdecimal() or len(number) > 18:
                continue  # names nothing that is numbered; the view says what it thinks of it
            wanted[kind].add(int(number))
        for kind, numbers in wanted.items():
            if numbers - KINDS[kind](request.user, numbers, found.right):
                raise Http404
