"""Every address of the URLconf × every role × every rank and state of what it leads to.

A cell is one request. What a role may not know of must be answered as what is not there, and no answer of any address
may bear a mark of a thing that the role may not see (``matrix_oracle``). Addresses come from the URLconf itself: a new
one is in by itself, once its door names the kinds of its arguments and ``matrix_values`` has values for them.
"""

from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLResolver, get_resolver
from django.utils.regex_helper import normalize

from fonds.access.doors import Address, addresses

from . import matrix_values as values
from .matrix_data import World, build_world
from .matrix_oracle import ROLES, leaks

# The database is made, the data set holds its own transaction. What a decision asks of each database is tried in
# tests/access and tests/leaks; the walk through all addresses is as long on both and is made on one.
pytestmark = [pytest.mark.once, pytest.mark.django_db]
SHOWN = (200, 206, 304)
WORKERS = {"records_officer", "policy", "editor", "clerk", "manager", "system", "security", "audit"}
WITHOUT_CONTENT = {"system", "audit"}  # of no state do they see anything: a few show it
SAMPLED = {"sealed", "restricted", "dept_other", "photo_closed", "document_unreviewed"}
LOOKED_AT = {"public", "granted", "document_open"}  # of what a role may see, it is these whose answers are searched
THE_LOG = {"audit_events", "audit_event", "audit_event_export"}
FAILS_ON_PURPOSE = {"wagtailadmin_error_test"}  # Wagtail's own page to see how an error looks
LEAST_CELLS = 10_000
WORDS = "?q=zqall&search=zqall"


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker, tmp_path_factory, request):
    """The data set and a signed-in client for each role, in a transaction that is undone at the end."""
    from django.conf import settings

    folder = tmp_path_factory.mktemp("matrix")
    storages = {name: dict(store) for name, store in settings.STORAGES.items()}
    for alias, name in (("default", "library"), ("masters", "masters"), ("derivatives", "derivatives")):
        storages[alias] = {
            **storages[alias],
            "OPTIONS": {"location": str(folder / name), "base_url": f"/files/{name}/"},
        }
    changed = {"STORAGES": storages, "FONDS_DATA": folder, "ROOT_URLCONF": "tests.site.matrix_urls"}
    with django_db_blocker.unblock(), override_settings(**changed), transaction.atomic():
        yield Stage(build_world())
        transaction.set_rollback(True)


@pytest.fixture
def _django_db_helper():
    """No transaction for each test: all cells share the one of the data set."""


@pytest.fixture(autouse=True)
def _own_folders():
    """The files of the data set stay where they are for the whole module."""


@dataclass
class Stage:
    """The data set with one client for each role."""

    world: World
    clients: dict[str, Client] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for role in ROLES:
            client = Client(raise_request_exception=False)
            if role != "anonymous":
                client.force_login(self.world.people[role])
            self.clients[role] = client


ADDRESSES = {f"{number:03} {address.full_name}": address for number, address in enumerate(addresses())}


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_shows_nobody_what_he_may_not_know_of(stage, name):
    address = ADDRESSES[name]
    wrong = []
    for role in ROLES:
        with transaction.atomic():
            wrong += list(Walk(stage, address, role).faults())
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def test_the_matrix_is_large(stage, record_property):
    """Counted without asking: with several test processes each of them asks a part of the cells."""
    counts = {role: sum(Count(stage, address, role).cells() for address in ADDRESSES.values()) for role in ROLES}
    record_property("told at the end", f"matrix: {sum(counts.values()):,} cells, {len(ADDRESSES)} addresses: {counts}")
    assert sum(counts.values()) >= LEAST_CELLS


class Walk:
    """All requests of one role to one address."""

    def __init__(self, stage: Stage, address: Address, role: str) -> None:
        self.world, self.client = stage.world, stage.clients[role]
        self.address, self.role, self.door = address, role, address.door

    def faults(self):
        """A sentence for each cell that shows too much."""
        kinds = {name: self.door.arguments[name] for name in self.address.argument_names}
        unknown = [kind for kind in kinds.values() if kind not in values.VARIED and kind not in values.FIXED]
        if unknown:
            yield f"no values for {unknown}: add them to tests/site/matrix_values.py"
            return
        varied = [name for name, kind in kinds.items() if kind in values.VARIED]
        if not varied:
            yield from self._plain(self._arguments(kinds, {}))
        for place, name in enumerate(varied):
            yield from self._vary(kinds, varied, name, first=place == 0)
        for parameter, kind in self.door.queries.items():
            yield from self._vary_query(kinds, parameter, kind)

    def _plain(self, arguments: dict):
        for query in ("", WORDS):
            answer = self._ask("get", arguments, query)
            yield from self._shown(answer, f"GET {query}")

    def _vary(self, kinds: dict, varied: list[str], name: str, *, first: bool):
        """The argument ``name`` for each state; those beside it of the same state, or open where another is varied."""
        kind = values.VARIED[kinds[name]]
        found = kind.values(self.world)
        missing = self._arguments(kinds, dict.fromkeys(varied, None) if first else {name: None})
        for method in self._methods():
            none = self._ask(method, missing)
            for state in found:
                if state not in SAMPLED and (method == "post" or self._is_sent_away or self.role in WITHOUT_CONTENT):
                    continue
                if kind.judge(self.role, state):
                    if method != "get" or not self._looks_at(state):
                        continue
                    answer = self._ask(method, self._arguments(kinds, dict.fromkeys(varied, state)))
                    yield from self._shown(answer, f"{name} of {state}")
                else:
                    states = dict.fromkeys(varied, state) if first else {name: state}
                    answer = self._ask(method, self._arguments(kinds, states))
                    yield from self._hidden(answer, none, f"{method.upper()} {name} of {state}")

    @property
    def _is_sent_away(self) -> bool:
        """Whether the role has no place in the admin: it is sent away whatever it names, which a few states show."""
        return self.address.route.startswith("admin/") and self.role not in WORKERS

    def _looks_at(self, state: str) -> bool:
        """Whether the answer about a thing that the role may see is searched; what was granted is only the reader's."""
        return state in LOOKED_AT and (state != "granted" or self.role == "reader")

    def _methods(self) -> list[str]:
        """What is tried for hidden things: files also by HEAD, and the admin, where something can be done, by POST."""
        if self.address.route.startswith(("files/", "documents/")):
            return ["get", "head"]
        return ["get"] if self._is_sent_away else ["get", "post"]

    def _vary_query(self, kinds: dict, parameter: str, kind_name: str):
        kind = values.VARIED[kind_name]
        arguments = self._arguments(kinds, {})
        none = self._ask("get", arguments, f"?{parameter}={kind.missing}")
        for state, value in kind.values(self.world).items():
            if state in SAMPLED and not kind.judge(self.role, state):
                answer = self._ask("get", arguments, f"?{parameter}={value}")
                yield from self._hidden(answer, none, f"?{parameter} of {state}")

    def _arguments(self, kinds: dict, states: dict) -> dict:
        """A value for each argument: of the state asked for, of what is not there (``None``), or of the open one."""
        chosen = {}
        for name, kind in kinds.items():
            if kind not in values.VARIED:
                chosen[name] = values.FIXED[kind]
                continue
            found = values.VARIED[kind].values(self.world)
            state = states.get(name, "public" if "public" in found else next(iter(found)))
            if state is not None and state not in found:
                state = next((open_ for open_ in ("document_open", "public") if open_ in found), next(iter(found)))
            chosen[name] = values.VARIED[kind].missing if state is None else found[state]
        return chosen

    def _ask(self, method: str, arguments: dict, query: str = ""):
        address = path_of(self.address, arguments) + query
        with transaction.atomic():
            answer = getattr(self.client, method)(address, REMOTE_ADDR="127.0.0.1")
            answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            answer.body += "\n".join(answer.headers.values()).encode()
        answer.asked = address
        return answer

    def _shown(self, answer, cell: str):
        if answer.status_code >= 500 and self.address.name not in FAILS_ON_PURPOSE:
            yield f"{self.role}: {cell}: {answer.status_code} for {answer.asked}"
        if answer.status_code in SHOWN:
            for leak in leaks(self.role, answer.body, in_log=self.address.name in THE_LOG):
                yield f"{self.role}: {cell}: {leak} in {answer.asked}"

    def _hidden(self, answer, missing, cell: str):
        yield from self._shown(answer, cell)
        if answer.status_code != missing.status_code or where(answer) != where(missing):
            yield (
                f"{self.role}: {cell} is answered {answer.status_code} {where(answer)}, "
                f"what is not there {missing.status_code} {where(missing)} ({answer.asked})"
            )


class Count(Walk):
    """The same walk without a request."""

    asked = 0

    def cells(self) -> int:
        """How many requests it would make."""
        for _fault in self.faults():
            pass
        return self.asked

    def _ask(self, method: str, arguments: dict, query: str = ""):
        self.asked += 1
        return SimpleNamespace(status_code=404, headers={}, body=b"", asked="")


def where(answer) -> str:
    """Where an answer leads to, without what was asked for."""
    return answer.headers.get("Location", "").partition("?")[0]


def path_of(address: Address, arguments: dict) -> str:
    """The address with ``arguments`` in it, from its own pattern: names of addresses may be hidden by others."""
    path, left = "/", dict(arguments)
    for template, names in chain_of(address):
        path += template % {name: left.pop("0" if name == "_0" else name) for name in names}
    return path


@cache
def chain_of(address: Address) -> list:
    """Template and names of arguments of each pattern from the top of the URLconf down to the address."""
    found: list = []

    def walk(resolver, above) -> bool:
        for pattern in resolver.url_patterns:
            if pattern is address.pattern:
                found.extend([*above, pattern.pattern])
                return True
            if isinstance(pattern, URLResolver) and walk(pattern, [*above, pattern.pattern]):
                return True
        return False

    assert walk(get_resolver(), []), f"{address.route} is not in the URLconf"
    return [normalize(part.regex.pattern)[0] for part in found]
