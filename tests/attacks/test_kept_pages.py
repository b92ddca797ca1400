"""Pages kept in memory: a visitor is never served what a signed-in person fetched, nor the other way round."""

import pytest
from django.test import Client

from fonds.access.enums import Purpose, Rank, Right
from fonds.access.grants import actions
from fonds.archive_pages.ranks import set_ranks
from fonds.site import page_cache

pytestmark = pytest.mark.django_db(transaction=True)


def text_of(answer) -> str:
    return answer.content.decode() if answer.status_code == 200 else ""


def kept() -> int:
    """How many pages this thread keeps."""
    return len(getattr(page_cache._memory, "pages", {}) or {})


@pytest.mark.parametrize("who", ["officer", "clerk", "manager"])
def test_a_visitor_after_somebody_with_rights_gets_his_own_page(archive, visit, who):
    """The same address, first by the one who may see more: list, record and search."""
    secret = archive.closed.title
    addresses = (archive.series.url, "/search/?q=2008", "/", archive.first.url)
    worker = visit(who)
    assert secret in text_of(worker.get(archive.series.url))
    for address in addresses:
        worker.get(address)
        assert secret not in text_of(visit().get(address))
        assert secret not in text_of(visit().get(address))  # the second time from memory
    assert worker.get(archive.closed.url).status_code == 200
    assert visit().get(archive.closed.url).status_code == 404


def test_somebody_with_rights_after_a_visitor_gets_his_own_page(archive, visit):
    for _time in range(20):  # on PostgreSQL a commit in another test's database makes the server forget
        assert archive.closed.title not in text_of(visit().get(archive.series.url))
        if kept():
            break
    assert kept() >= 1
    assert archive.closed.title in text_of(visit("officer").get(archive.series.url))
    assert archive.closed.title not in text_of(visit().get(archive.series.url))


@pytest.mark.parametrize("cookie", ["", "forged", "0" * 32])
def test_a_cookie_that_is_no_session_gets_and_leaves_a_visitor_s_page(archive, visit, cookie):
    client = Client()
    client.cookies["sessionid"] = cookie
    assert archive.closed.title not in text_of(client.get(archive.series.url))
    assert archive.closed.title not in text_of(visit().get(archive.series.url))


def test_after_sign_out_the_same_browser_is_a_visitor(archive, visit):
    client = visit("officer")
    assert archive.closed.title in text_of(client.get(archive.series.url))
    client.post("/account/logout/")
    assert archive.closed.title not in text_of(client.get(archive.series.url))
    assert client.get(archive.closed.url).status_code == 404


def test_a_refusal_is_not_kept_for_who_was_granted(archive, people, visit):
    """The reader looked in vain, was granted the record, and sees it; visitors go on seeing nothing."""
    assert visit().get(archive.closed.url).status_code == 404
    assert visit("reader").get(archive.closed.url).status_code == 404
    actions.give(
        archive.closed, people.manager, user=people.reader, rights=[Right.VIEW], purpose=Purpose.RESEARCH,
        ends_on=actions.timezone.localdate(), reason="研究",
    )  # fmt: skip
    assert visit("reader").get(archive.closed.url).status_code == 200
    assert visit().get(archive.closed.url).status_code == 404


def test_a_record_sealed_a_moment_ago_is_not_shown_from_memory(archive, people, visit):
    client = visit()
    for _time in (1, 2):
        assert archive.first.title in text_of(client.get(archive.series.url))
    set_ranks(archive.first, catalogue_rank=Rank.SEALED, content_rank=Rank.SEALED, closed_until=None, reason="封存",
              user=people.manager)  # fmt: skip
    assert archive.first.title not in text_of(client.get(archive.series.url))
    assert client.get(archive.first.url).status_code == 404


def test_files_answers_of_the_api_and_accounts_are_not_kept(archive, visit):
    before = kept()
    for address in ("/api/v2/pages/", "/requests/", "/account/login/", "/admin/", "/files/library/x.jpg"):
        visit().get(address)
    assert kept() <= before
