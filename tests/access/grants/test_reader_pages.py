"""The reader's side: the box on the unit's page, the form, his requests."""

import pytest
from django.urls import reverse

from fonds.access.enums import Rank, RequestState, Right
from fonds.access.grants import actions
from fonds.access.models import AccessRequest
from fonds.archive_pages.models import ArchivePage
from fonds.archive_pages.standing import refresh_standing

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def known(archive):
    """An item whose entry everybody may see, and whose pages only the staff."""
    ArchivePage.objects.filter(pk=archive.first.pk).update(content_rank=Rank.RESTRICTED)
    refresh_standing(archive.first.path)
    archive.first.refresh_from_db()
    return archive.first


def sent(days, **values) -> dict:
    return {
        "rights": ["view"],
        "purpose": "research",
        "purpose_text": "编写大事记",
        "until": days(30).isoformat(),
        **values,
    }


def box(page: str) -> str:
    """The part of a unit's page that says what may be done with it."""
    return page.split('class="described use"')[1].split("</section>")[0]


def test_a_visitor_is_asked_to_sign_in(client, known):
    page = client.get(known.url).content.decode()
    assert "next=" in box(page)
    assert reverse("ask_access", args=[known.pk]) not in page
    answer = client.get(reverse("ask_access", args=[known.pk]))
    assert answer.status_code == 302
    assert "next=" in answer["Location"]


def test_a_visitor_of_an_open_record_is_asked_nothing(client, archive):
    page = client.get(archive.third.url).content.decode()
    assert "next=" not in box(page)


def test_a_reader_asks_on_the_page_and_follows_his_request(client, known, people, days):
    client.force_login(people.reader)
    address = reverse("ask_access", args=[known.pk])
    assert address in client.get(known.url).content.decode()
    assert client.get(address).status_code == 200
    answer = client.post(address, sent(days))
    assert answer.status_code == 302
    asked = AccessRequest.objects.get()
    assert (asked.reader, asked.unit_id, asked.state) == (people.reader, known.pk, RequestState.WAITING)
    page = client.get(known.url).content.decode()
    assert address not in page
    assert reverse("my_requests") in page
    own = client.get(reverse("my_requests")).content.decode()
    assert known.reference_code in own
    assert client.post(reverse("take_back_request", args=[asked.pk])).status_code == 302
    asked.refresh_from_db()
    assert asked.state == RequestState.TAKEN_BACK
    assert address in client.get(known.url).content.decode()


def test_faults_stand_beside_their_fields_and_a_second_request_is_told(client, known, people, days):
    client.force_login(people.reader)
    address = reverse("ask_access", args=[known.pk])
    for fault, field in (
        ({"until": days(-1).isoformat()}, "until"),
        ({"until": "31.2.2027"}, "until"),
        ({"purpose": "nonsense"}, "purpose"),
        ({"rights": ["certify"]}, "rights"),
        ({"purpose_text": "x" * 501}, "purpose_text"),
    ):
        page = client.post(address, sent(days, **fault))
        assert page.status_code == 200
        assert page.context["form"].errors[field]
    client.post(address, sent(days))
    assert client.post(address, sent(days)).context["form"].non_field_errors()
    assert AccessRequest.objects.count() == 1


def test_what_one_may_not_know_of_is_not_there(client, archive, people, days):
    client.force_login(people.reader)
    for number in (archive.closed.pk, archive.home.pk, 999_999):
        address = reverse("ask_access", args=[number])
        assert client.get(address).status_code == 404
        assert client.post(address, sent(days)).status_code == 404


def test_the_request_of_another_is_not_there(client, known, people, ask):
    asked = ask(known)
    client.force_login(people.reader)
    assert client.post(reverse("take_back_request", args=[asked.pk])).status_code == 404
    assert client.get(reverse("take_back_request", args=[asked.pk])).status_code in (404, 405)
    assert known.reference_code not in client.get(reverse("my_requests")).content.decode()


def test_a_decision_is_new_once(client, known, people, ask):
    asked = ask(known, reader=people.reader)
    actions.grant_request(asked, people.manager, reason="用途正当")
    client.force_login(people.reader)
    first = client.get(reverse("my_requests"))
    assert first.context["new"] == {asked.pk}
    assert "用途正当" in first.content.decode()
    assert client.get(reverse("my_requests")).context["new"] == set()
    page = client.get(known.url).content.decode()
    assert reverse("my_requests") in page


def test_a_closed_unit_keeps_its_name_to_itself_in_the_list(client, known, people, ask):
    ask(known, reader=people.reader)
    ArchivePage.objects.filter(pk=known.pk).update(catalogue_rank=Rank.SEALED)
    refresh_standing(known.path)
    client.force_login(people.reader)
    page = client.get(reverse("my_requests")).content.decode()
    assert known.title not in page
    assert known.reference_code not in page


def test_sealed_pages_cannot_be_asked_for(client, known, people):
    ArchivePage.objects.filter(pk=known.pk).update(content_rank=Rank.SEALED)
    refresh_standing(known.path)
    client.force_login(people.reader)
    assert reverse("ask_access", args=[known.pk]) not in client.get(known.url).content.decode()
    assert (
        '<form method="post" class="stack"' not in client.get(reverse("ask_access", args=[known.pk])).content.decode()
    )


def test_the_list_costs_the_same_however_long_it_is(client, archive, people, ask, django_assert_max_num_queries):
    client.force_login(people.reader)
    client.get(reverse("my_requests"))
    for number in range(10, 25):
        unit = archive.add_item(number)
        asked = ask(unit, reader=people.reader, rights=[Right.COPY])
        actions.grant_request(asked, people.manager, reason="x")
    client.get(reverse("my_requests"))
    with django_assert_max_num_queries(16):
        assert client.get(reverse("my_requests")).status_code == 200
