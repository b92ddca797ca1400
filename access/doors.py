"""Every address of the site is a door: who may go through, and how its arguments lead to what it shows.

A view of ours declares its door with ``@door(…)``; a view of Wagtail or another library is declared by the name of its
address in ``fonds.site.doors``. ``fonds.access.checks`` fails where an address has none. Doors whose arguments name
units, photographs or documents are asked by ``fonds.access.door_middleware`` before the view runs; the matrix test
walks through all of them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver

from .enums import Right


class Who(Enum):
    """Who may go through a door, before anything is said of the things its arguments name."""

    EVERYBODY = "everybody"
    SIGNED_IN = "signed in"
    ADMIN = "who may enter the admin"
    PERMISSION = "who has the permission"
    ITSELF = "the view decides"


Asked = tuple[str, str]  # kind of the thing, its number as text


@dataclass(frozen=True)
class Door:
    """One address. ``arguments`` says of which kind each argument of the address is (``KINDS``), ``queries`` the same
    of parameters in GET or POST, ``more`` finds further things that a request names. ``right`` is what the person must
    have on them; ``why`` tells, for a view that decides itself, where it does so."""

    who: Who
    right: Right = Right.CATALOGUE
    permission: str = ""
    why: str = ""
    arguments: dict[str, str] = field(default_factory=dict)
    queries: dict[str, str] = field(default_factory=dict)
    more: Callable[[HttpRequest, dict], Iterable[Asked]] | None = None

    def asked(self, request: HttpRequest, kwargs: dict) -> Iterator[Asked]:
        """The things this request names, each once: missing and hidden ones alike."""
        for name, kind in self.arguments.items():
            if kind in KINDS and kwargs.get(name) is not None:
                yield kind, str(kwargs[name])
        for name, kind in self.queries.items():
            for value in {*request.GET.getlist(name), *request.POST.getlist(name)} - {""}:
                yield kind, value
        if self.more:
            yield from self.more(request, kwargs)


PUBLIC = Door(Who.EVERYBODY)
Known = Callable[[object, set[int], Right], set[int]]

#: Kind of a thing → which of these numbers ``user`` has ``right`` on; rooms add theirs in ``ready()``.
KINDS: dict[str, Known] = {}
#: Arguments that mean the same in all of Wagtail's addresses.
BY_NAME: dict[str, str] = {}
_BY_ADDRESS: dict[str, Door] = {}
_ATTRIBUTE = "fonds_door"


def door(
    who: Door | Who | None = None,
    *,
    right: Right = Right.CATALOGUE,
    permission: str = "",
    signed_in: bool = False,
    admin: bool = False,
    decides_itself: str = "",
    queries: dict[str, str] | None = None,
    **arguments: str,
) -> Callable:
    """Declare who may go through a view of ours (function, class or ``as_view()``).

    ``@door(PUBLIC)``; ``@door(pk="unit", right=Right.VIEW)`` asks the decision for the unit before the view runs;
    ``permission``, ``signed_in`` and ``admin`` say what the person must be, the view still checks it;
    ``decides_itself`` names in words where the view asks. The keyword arguments name the kind of each URL argument.
    """
    if isinstance(who, Door):
        made = replace(who, arguments=arguments)
    else:
        chosen = (
            Who.ITSELF if decides_itself
            else Who.PERMISSION if permission
            else Who.ADMIN if admin
            else Who.SIGNED_IN if signed_in
            else who or Who.EVERYBODY
        )  # fmt: skip
        made = Door(chosen, right, permission, decides_itself, arguments, queries or {})

    def declared(view):
        setattr(view, _ATTRIBUTE, made)
        return view

    return declared


def declare(addresses: str | Iterable[str], made: Door) -> None:
    """Declare the doors of views that are not ours: ``namespace:name``, ``namespace:*`` or, without a name, the whole
    route of the address. Arguments in ``BY_NAME`` need not be repeated."""
    for address in [addresses] if isinstance(addresses, str) else addresses:
        _BY_ADDRESS[address] = made


@dataclass(frozen=True)
class Address:
    """One pattern of the URLconf with all that stands before it."""

    route: str
    namespace: str
    name: str
    pattern: URLPattern
    inherited: frozenset[str] = frozenset()

    @property
    def full_name(self) -> str:
        """``namespace:name``, or the route where it has no name."""
        if not self.name:
            return self.route
        return f"{self.namespace}:{self.name}" if self.namespace else self.name

    @property
    def view(self) -> Callable:
        return self.pattern.callback

    @property
    def view_name(self) -> str:
        made_of = _made_of(self.view)
        return f"{made_of.__module__}.{getattr(made_of, '__qualname__', type(made_of).__name__)}"

    @property
    def argument_names(self) -> list[str]:
        """The names of its arguments; one without a name is called ``0``."""
        return sorted(self.inherited | _arguments_of(self.pattern))

    @property
    def door(self) -> Door | None:
        return find_door(self.view, self.full_name, self.namespace)


def addresses(
    resolver: URLResolver | None = None, before: str = "", namespace: str = "", inherited: frozenset[str] = frozenset()
) -> Iterator[Address]:
    """Every address of the URLconf."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield Address(route, namespace, pattern.name or "", pattern, inherited)
        else:
            inner = ":".join(filter(None, [namespace, pattern.namespace]))
            yield from addresses(pattern, route, inner, inherited | _arguments_of(pattern))


def _arguments_of(pattern: URLPattern | URLResolver) -> frozenset[str]:
    regex = pattern.pattern.regex
    return frozenset(regex.groupindex or (["0"] if regex.groups else []))


def find_door(view: Callable, full_name: str, namespace: str) -> Door | None:
    """The door declared for an address: for the name first, then on the view, then for the whole namespace."""
    made_of = _made_of(view)
    own = getattr(view, _ATTRIBUTE, None) or made_of.__dict__.get(_ATTRIBUTE)
    found = _BY_ADDRESS.get(full_name) or own or _BY_ADDRESS.get(f"{namespace}:*")
    if found is None:
        return None
    return found if own is found else replace(found, arguments={**BY_NAME, **found.arguments})


def _made_of(view: Callable) -> Callable:
    return getattr(view, "view_class", None) or view
