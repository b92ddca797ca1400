"""Building the index anew: whole, restartable, one at a time, and what is wrong in it is found and put right."""

import datetime as dt
import io
import os
import socket

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone, translation

from fonds.archive_pages.models import ArchivePage
from fonds.collections.models import ArchiveImage, PageScan
from fonds.policies.models import PolicyIndexPage, PolicyPage
from fonds.search import rebuild as rebuilding
from fonds.search.engines import PageText, engine
from fonds.search.find import find_units
from fonds.search.models import IndexedEntry, IndexState
from fonds.search.rebuild import rebuild
from fonds.search.state import VERSION, Busy, OldIndex, take_hold
from tests.leaks.archive import jpeg

pytestmark = pytest.mark.django_db
VISITOR = AnonymousUser()


def silent(phase: str, done: int, total: int) -> None:
    assert done >= 0
    assert phase in ("entries", "pages")


def run(*arguments: str) -> str:
    out = io.StringIO()
    with translation.override("en"):
        call_command("rebuild_search", *arguments, stdout=out)
    return out.getvalue()


def everything() -> tuple:
    columns = ("pk", "title", "creator", "number", "code", "other", "letters", "draft")
    units = list(ArchivePage.objects.values_list("pk", flat=True))
    pages = sorted((page.id, page.unit_id, page.text) for page in engine().stored_pages(units))
    return sorted(IndexedEntry.objects.values_list(*columns)), pages


@pytest.fixture
def indexed(archive, pages):
    pages(archive.first, "第一页说到绍兴", "黄酒在第二页")
    pages(archive.third, "先进集体的名单")
    return archive


def test_a_build_from_nothing_equals_what_the_changes_left(indexed):
    before = everything()
    engine().clear()
    counts = rebuild(silent)
    assert everything() == before
    assert (counts.pages, counts.pages_changed) == (3, 3)
    assert counts.entries_changed == len(before[0])
    assert find_units("绍兴黄酒", VISITOR).count == 1


def test_a_second_build_changes_nothing(indexed):
    rebuild(silent)
    counts = rebuild(silent)
    assert (counts.entries_changed, counts.pages_changed) == (0, 0)
    assert counts.entries > 0


def test_verify_finds_and_repairs_what_differs(indexed):
    ArchivePage.objects.filter(pk=indexed.first.pk).update(title="改在索引之外")
    PageScan.objects.filter(unit=indexed.third.pk).update(text="也改在索引之外")
    engine().add_pages([PageText(987_654, indexed.third.pk, "多出来的一页")])
    gone = IndexedEntry.objects.get(pk=indexed.third.pk)
    engine().remove_entries([gone])
    assert find_units("多出来的", VISITOR).count == 1
    said = run("--verify")
    assert "written: 2 entries, 2 pages" in said
    assert find_units("改在索引之外", VISITOR).count == 2
    assert find_units("表彰", VISITOR).count == 1
    assert find_units("多出来的", VISITOR).count == 0
    assert "written: 0 entries, 0 pages" in run("--verify")


def test_a_page_that_is_gone_from_the_data_is_taken_out(indexed):
    scan = PageScan.objects.filter(unit=indexed.third.pk).first()
    PageScan.objects.filter(pk=scan.pk)._raw_delete(connection.alias)
    assert find_units("集体的名单", VISITOR).count == 1
    assert rebuild(silent, verify=True).pages_changed == 1
    assert find_units("集体的名单", VISITOR).count == 0


def test_texts_folded_by_an_older_program_are_folded_anew(indexed):
    ArchivePage.objects.filter(pk=indexed.first.pk).update(search_text="關於[2008]")
    rebuild(silent)
    assert "王建国" in ArchivePage.objects.get(pk=indexed.first.pk).search_text
    assert find_units("王建国", VISITOR).count == 1


def test_photographs_and_numbers_of_policies_are_folded_anew(archive):
    photo = ArchiveImage(title="蘭亭留影（二〇〇八）", file=ContentFile(jpeg(7), "photo.jpg"))
    photo.save()
    index = archive.home.add_child(instance=PolicyIndexPage(title="制度", slug="policies"))
    policy = index.add_child(
        instance=PolicyPage(
            title="归档制度",
            document_number="越工商〔2008〕15号",
            status="in_force",
            effective_date=dt.date(2008, 3, 1),
        )
    )
    folded = photo.search_text, policy.number_in_force
    ArchiveImage.objects.update(search_text="old")
    PolicyPage.objects.update(number_in_force="old")
    rebuild(silent, verify=True)
    photo.refresh_from_db()
    policy.refresh_from_db()
    assert (photo.search_text, policy.number_in_force) == folded
    assert "兰亭" in photo.search_text


def test_since_takes_only_what_changed(indexed):
    long_ago = timezone.now() - dt.timedelta(days=9)
    ArchivePage.objects.update(latest_revision_created_at=long_ago, last_published_at=long_ago)
    from wagtail.models import PageLogEntry

    PageLogEntry.objects.update(timestamp=long_ago)
    ArchivePage.objects.filter(pk=indexed.third.pk).update(
        latest_revision_created_at=timezone.now(), title="新近的题名"
    )
    counts = rebuild(silent, since=timezone.now() - dt.timedelta(days=1))
    assert (counts.entries, counts.entries_changed) == (1, 1)
    assert find_units("新近的题名", VISITOR).count == 1
    with pytest.raises(CommandError, match="yesterday"):
        run("--since", "yesterday")
    assert "written" in run("--since", "2020-01-01")


def test_two_at_once_are_refused_in_words(indexed):
    IndexState.objects.update(holder=f"elsewhere:12:{timezone.now().timestamp()}", beat=timezone.now())
    with pytest.raises(CommandError, match="being built already, by elsewhere:12"):
        run()
    IndexState.objects.update(beat=timezone.now() - dt.timedelta(minutes=3))
    assert "written" in run()
    assert IndexState.objects.get().holder == ""


def test_a_process_that_ended_on_this_machine_holds_nothing(indexed):
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    IndexState.objects.update(holder=f"{socket.gethostname()}:{child}:1", beat=timezone.now())
    assert take_hold()
    with pytest.raises(Busy):
        take_hold()


def test_a_build_that_was_cut_off_goes_on_where_it_stopped(indexed, monkeypatch):
    before = everything()
    IndexState.objects.update(version=VERSION - 1)
    monkeypatch.setattr(rebuilding, "BATCH", 2)
    monkeypatch.setattr(rebuilding, "PAGES_IN_BATCH", 2)
    real, told = rebuilding.index_pages, []

    def breaks(units):
        told.append(list(units))
        if len(told) == 2:
            raise DatabaseError("database or disk is full")
        return real(units)

    monkeypatch.setattr(rebuilding, "index_pages", breaks)
    with pytest.raises(DatabaseError):
        rebuild(silent)
    state = IndexState.objects.get()
    assert (state.version, state.phase, state.position, state.holder) == (0, "pages", indexed.first.pk, "")
    with pytest.raises(OldIndex):
        find_units("绍兴", VISITOR)
    monkeypatch.setattr(rebuilding, "index_pages", real)
    counts = rebuild(silent)
    assert counts.entries == 0
    assert counts.pages == 1
    assert everything() == before
    assert find_units("绍兴黄酒", VISITOR).count == 1


def test_an_index_of_another_version_is_refused_in_words(indexed, client):
    IndexState.objects.update(version=VERSION + 1)
    with pytest.raises(OldIndex, match="rebuild_search"):
        find_units("绍兴", VISITOR)
    answer = client.get(reverse("search"), {"q": "绍兴"})
    assert answer.status_code == 503
    assert "rebuild_search" in answer.content.decode()
    run()
    assert find_units("绍兴", VISITOR).count == 1


def test_readers_are_answered_while_it_is_built(indexed, monkeypatch):
    seen = []

    def look(phase: str, done: int, total: int) -> None:
        seen.append(find_units("绍兴黄酒", VISITOR).count)

    monkeypatch.setattr(rebuilding, "BATCH", 2)
    rebuild(look, verify=True)
    assert len(seen) > 3
    assert set(seen) == {1}


@pytest.mark.django_db(transaction=True)
def test_the_space_of_removed_texts_is_given_back(archive, pages):
    """Outside a transaction, as the command runs."""
    pages(archive.first, "独一无二的鼋鼍字句")
    PageScan.objects.filter(unit=archive.first.pk).delete()
    assert "written: 0 entries, 0 pages" in run("--verify", "--tidy")
    assert engine().stored_pages([archive.first.pk]) == []
    assert engine().size() > 0


def test_an_index_whose_state_is_gone_is_emptied(indexed):
    """``manage.py flush`` knows nothing of the engine's tables; what follows it does."""
    IndexState.objects.all().delete()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert IndexState.objects.get().version == 0, "there are units, and none of them is in the index"
    assert engine().page_ids(0, 10) == []
    assert not IndexedEntry.objects.exists()
    rebuild(silent)
    assert find_units("绍兴黄酒", VISITOR).count == 1


def test_progress_is_told(indexed, monkeypatch):
    monkeypatch.setattr("fonds.search.management.commands.rebuild_search.TELL_EVERY", 0)
    assert "entries: " in run("--tidy" if connection.vendor == "sqlite" else "--verify")
