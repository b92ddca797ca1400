"""One archive for all tests of this folder; each test works in a savepoint of its own and leaves no trace."""

from contextlib import ExitStack
from copy import deepcopy
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.test import Client, override_settings

from .archive import SECRETS, build

HERE = Path(__file__).parent
_numbers = count(1)


_stage_open, _state = ExitStack(), {"archive": None, "next": None}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem) -> None:
    """Remember what comes next: the archive stays for as long as tests of this folder follow each other."""
    _state["next"] = nextitem


@pytest.fixture(scope="module")
def _stage(django_db_setup, django_db_blocker, tmp_path_factory):
    if _state["archive"] is None:
        _state["archive"] = _open_stage(django_db_blocker, tmp_path_factory.mktemp("leaks"))
    yield _state["archive"]
    following = _state["next"]
    if following is None or HERE not in following.path.parents:
        _stage_open.close()
        _state["archive"] = None


def _open_stage(blocker, folder: Path) -> SimpleNamespace:
    """The archive in a transaction that is undone when the last test of this folder is over."""
    storages = {name: dict(store) for name, store in settings.STORAGES.items()}
    for alias, name in (("default", "library"), ("masters", "masters"), ("derivatives", "derivatives")):
        storages[alias] = {
            **storages[alias],
            "OPTIONS": {"location": str(folder / name), "base_url": f"/files/{name}/"},
        }
    _stage_open.enter_context(blocker.unblock())
    _stage_open.enter_context(override_settings(STORAGES=storages, FONDS_DATA=folder))
    _stage_open.enter_context(transaction.atomic())
    _stage_open.callback(transaction.set_rollback, True)
    return build(folder)


@pytest.fixture
def _django_db_helper():
    """No transaction for each test: all share the one of the archive."""


@pytest.fixture(autouse=True)
def _own_folders():
    """The files stay where they are for all tests."""


@pytest.fixture(autouse=True)
def archive(_stage) -> SimpleNamespace:
    """The archive of ``archive.build``, in a savepoint."""
    with transaction.atomic():
        mail.outbox.clear()
        yield deepcopy(_stage)
        transaction.set_rollback(True)


@pytest.fixture
def visit(archive):
    """``visit("reader")``: a client signed in as that person; ``visit("visitor")``: nobody. Each comes from an address
    of its own, because the log takes only so many refusals of one address."""

    def visit(who: str = "visitor", **options) -> Client:
        number = next(_numbers)
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        client = Client(raise_request_exception=False, REMOTE_ADDR=address, **options)
        if who != "visitor":
            client.force_login(archive.people[who])
        return client

    return visit


def everything_of(answer) -> str:
    """All that leaves the house: the status line, headers and body of an answer."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    heads = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    return f"{answer.status_code}\n{heads}\n{body.decode(errors='replace')}"


def leaked(answer, who: str) -> set[str]:
    """The secrets that ``who`` may not see and that stand in the answer, as they are or escaped for JSON and URLs."""
    text = everything_of(answer).lower()
    forms = {word: (word, word.encode("unicode_escape").decode(), quote(word)) for word in SECRETS[who]}
    return {word for word, spelled in forms.items() if any(form.lower() in text for form in spelled)}


LIMITED = [name for name in SECRETS if SECRETS[name] and name != "other_reader"]
