"""Whatever is typed or written into the address gets an ordinary answer."""

import time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from fonds.search.find import find_units

pytestmark = pytest.mark.django_db
VISITOR = AnonymousUser()
ODD = {
    "empty": "",
    "blank": " \u3000\t\n",
    "one quote": '"',
    "one apostrophe": "'",
    "10,000 characters": "档案" * 5_000,
    "10,000 different words": " ".join(f"词{number}" for number in range(10_000)),
    "punctuation": "，。、；：？！…—～·#@&*^%$|\\/=+~`",
    "SQL": "'; DROP TABLE search_page; -- OR 1=1 UNION SELECT password FROM auth_user",
    "FTS operators": '通知 AND OR NOT NEAR(a b, 3) ^x {title}: - + "a" * col : "',
    "tsquery operators": "a & b | !c <-> d :* (",
    "a regular expression bomb": "(a+)+$ " + "a" * 40 + "! ((((((x*)*)*)*)*)*)",
    "null and control characters": "通\0知\x01\x02\x1b\x7f\u0085",
    "a lone surrogate": "通\ud800知\udfff",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈🀄",
    "right to left": "\u202eمرحبا\u202c שלום",
    "a very common character": "的",
    "one letter": "a",
    "500 terms": " ".join(["通知"] * 250 + ["决定"] * 250),
    "brackets only": "〔〕()[]<>",
    "minus only": '- -- -"" -title:',
    "fields without values": "title: creator: number: code: year: code:* year:..",
    "a year beyond all": "year:99999999999999999999 year:-1..0",
    "a byte order mark": "\ufeff\u200b\u200e\u00ad",
    "combining marks": "e" + "\u0301" * 500,
    "format strings": "%s %(x)s {0} {x!r} ${y}",
    "a private character": "\ue000\U0010fe2e\U000f0000",
}


@pytest.mark.parametrize("name", ODD)
def test_odd_words_are_read_literally(archive, client, name):
    begun = time.monotonic()
    found = find_units(ODD[name], VISITOR)
    assert found.count <= 3
    assert time.monotonic() - begun < 2
    sent = ODD[name].encode("utf-8", "replace").decode()[:3000]
    answer = client.get(reverse("search"), {"q": sent})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "name", ["empty", "blank", "one quote", "punctuation", "SQL", "brackets only", "a byte order mark"]
)
def test_nothing_is_found_by_nothing(archive, name):
    assert find_units(ODD[name], VISITOR).hits == []


@pytest.mark.parametrize(
    "data",
    [
        {"page": "99999"},
        {"page": "-1"},
        {"page": "1e9"},
        {"page": "９"},
        {"sort": "';--"},
        {"fonds": "%"},
        {"category": "x' OR '1'='1"},
        {"year": "0"},
        {"year": "٢٠٠٨"},
        {"level": "planet", "scans": "maybe", "status": "open", "retention": "\0", "unknown": "1"},
        {"within": '"'},
    ],
)
def test_odd_addresses(archive, client, data):
    answer = client.get(reverse("search"), {"q": "通知", **data})
    assert answer.status_code == 200
    assert client.get(reverse("search"), data).status_code == 200


def test_a_page_beyond_the_last_is_the_last(archive):
    assert find_units("关于", VISITOR, page=99_999).page == 1


def test_a_wildcard_is_a_character(archive):
    archive.add_item(4, title="完成100%的任务")
    assert find_units("100%", VISITOR).count == 1
    assert (
        find_units("1%0", VISITOR).count == find_units("1_0", VISITOR).count == find_units("完*务", VISITOR).count == 0
    )
