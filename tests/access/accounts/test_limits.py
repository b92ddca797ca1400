"""How often one address may ask, over all processes together."""

import subprocess
import sys

import pytest
from django.test import Client

from fonds.access import roles
from fonds.access.accounts import counters
from fonds.access.accounts.rates import read_limits

from .conftest import person, sign_in

pytestmark = pytest.mark.once

SMALL = {"search": (3, 60), "verify": (3, 60), "sign_in": (3, 60), "sign_up": (2, 3600)}
COUNT = """
import sys
from pathlib import Path
from django.conf import settings
settings.configure(FONDS_DATA=Path(sys.argv[1]))
from fonds.access.accounts.counters import count
for _round in range(200):
    count("door", 10_000_000)
"""


@pytest.mark.parametrize("door", ["/search/?q=1", "/verify/"])
def test_too_many_requests_are_answered_in_words(client, archive, settings, door):
    settings.FONDS_RATE_LIMITS = SMALL
    answers = [client.get(door) for _number in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[3]["Retry-After"]) <= 60
    assert "default-src 'self'" in answers[3]["Content-Security-Policy"]
    assert answers[3]["Cache-Control"] == "no-store"
    assert answers[3]["Retry-After"] in answers[3].content.decode()
    assert Client(REMOTE_ADDR="203.0.113.8").get(door).status_code == 200
    assert client.get("/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_answers_from_the_page_cache_count_too_and_the_cache_keeps_no_refusal(client, archive, settings):
    settings.FONDS_RATE_LIMITS = SMALL
    codes = [client.get("/search/?q=1").status_code for _number in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    counters.clear()
    assert client.get("/search/?q=1").status_code == 200


def test_counting_a_visitor_does_not_touch_the_archives_database(client, archive, settings, django_assert_num_queries):
    settings.FONDS_RATE_LIMITS = SMALL
    with django_assert_num_queries(0):
        assert counters.count("search:198.51.100.1", 60)[0] == 1


def test_sign_in_counts_what_is_sent_only(client, settings):
    settings.FONDS_RATE_LIMITS = SMALL
    person("reader", roles.READER)
    for _number in range(5):
        assert client.get("/account/login/").status_code == 200
    codes = [sign_in(client, f"guess{number}", "wrong").status_code for number in range(4)]
    assert codes == [200, 200, 200, 429]


def test_all_doors_of_signing_in_share_one_limit(client, settings):
    settings.FONDS_RATE_LIMITS = SMALL
    doors = ["/account/login/", "/admin/login/", "/account/password/reset/", "/account/second-factor/authenticate/"]
    codes = [client.post(door, {}).status_code for door in doors]
    assert 429 not in codes[:3]
    assert codes[3] == 429


def test_signing_up_has_a_limit_of_its_own(client, settings):
    settings.FONDS_RATE_LIMITS = SMALL
    codes = [client.post("/account/signup/", {}).status_code for _number in range(3)]
    assert codes == [200, 200, 429]


def test_behind_a_proxy_the_visitor_counts_and_not_what_he_writes(client, archive, settings):
    settings.FONDS_RATE_LIMITS = SMALL
    settings.FONDS_TRUSTED_PROXIES = 1
    for number in range(3):
        client.get("/verify/", headers={"X-Forwarded-For": f"10.0.0.{number}, 192.0.2.1"})
    assert client.get("/verify/", headers={"X-Forwarded-For": "10.9.9.9, 192.0.2.1"}).status_code == 429
    assert client.get("/verify/", headers={"X-Forwarded-For": "192.0.2.2"}).status_code == 200


def test_several_processes_count_together(settings, tmp_path):
    command = [sys.executable, "-c", COUNT, str(tmp_path)]
    for process in [subprocess.Popen(command) for _number in range(3)]:
        assert process.wait(60) == 0
    settings.FONDS_DATA = tmp_path
    assert counters.count("door", 10_000_000)[0] == 601


def test_a_file_that_cannot_be_written_stops_nobody(client, archive, settings, tmp_path):
    settings.FONDS_RATE_LIMITS = SMALL
    settings.FONDS_DATA = tmp_path / "missing"
    assert [client.get("/verify/").status_code for _number in range(5)] == [200] * 5


def test_limits_are_read_from_the_environment():
    assert read_limits("search=300/60, sign_in=5/1,") == {"search": (300, 60), "sign_in": (5, 1)}
    assert read_limits("") == {}


@pytest.mark.parametrize("text", ["search", "search=10", "search=x/60", "search=10/0", "search=-1/60"])
def test_a_limit_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match="FONDS_RATE_LIMITS"):
        read_limits(text)
