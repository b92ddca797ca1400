"""Fixtures shared by all tests. Tests use the real database, real files, real PDFs and a real browser."""

import contextlib
import datetime as dt
import gc
from types import SimpleNamespace

import pytest
from django.db.backends.base.operations import BaseDatabaseOperations
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone
from pytest_django.plugin import blocking_manager_key

_execute_sql_flush = BaseDatabaseOperations.execute_sql_flush


def _flush_past_the_guards(operations, statements) -> None:
    """The audit log refuses to be emptied; between two tests its guards are taken down for that, and put up again."""
    from django.db import connection

    from fonds.audit import triggers
    from fonds.search.engines import engine

    triggers.drop(connection)
    engine().clear()  # tables of its own, which Django does not know
    try:
        _execute_sql_flush(operations, statements)
    finally:
        triggers.create(connection)


BaseDatabaseOperations.execute_sql_flush = _flush_past_the_guards


@receiver(post_save, dispatch_uid="tests.break_glass")
def _break_glass_runs(sender, instance, **kwargs) -> None:
    """Somebody with all rights has them by break-glass; for whom the tests make one, it runs."""
    from fonds.audit.models import Elevation

    if not getattr(instance, "is_superuser", False) or Elevation.objects.filter(user_id=instance.pk).exists():
        return
    until = timezone.now() + dt.timedelta(hours=1)
    Elevation.objects.create(user_id=instance.pk, username=str(instance), reason="test", until=until, was_staff=True)


def pytest_collection_modifyitems(items) -> None:
    """Every test that commits finds the database as the migrations made it, whatever ran before."""
    for item in items:
        if _commits(item) or {"transactional_db", "live_server"} & set(item.fixturenames):
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """A test that commits leaves an empty database. Where one that does not comes next (two processes that share the
    tests out may turn the order), it finds the rows of the migrations again."""
    result = yield
    if _commits(item) and nextitem is not None and not _commits(nextitem):
        from django.contrib.contenttypes.models import ContentType
        from django.db import connection

        with item.config.stash[blocking_manager_key].unblock():
            connection.creation.deserialize_db_from_string(connection._test_serialized_contents)
            ContentType.objects.clear_cache()
    return result


def _commits(item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(marker and (marker.kwargs.get("transaction") or (marker.args and marker.args[0])))


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not go through it again and again while the tests run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_terminal_summary(terminalreporter) -> None:
    """What a test has to tell beside having passed, whichever process it ran in."""
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            if name == "told at the end" and report.when == "call":
                terminalreporter.write_line(text)


@pytest.fixture(scope="session", autouse=True)
def _signing_key():
    """The key for development, made once for all tests, also for those that turn the clock back."""
    from django.conf import settings

    from fonds.reports.signing.development import make_key_file

    with contextlib.suppress(FileExistsError):
        place = settings.FONDS_SIGNING_KEYS["development"].place
        make_key_file(place, begin=dt.datetime(2020, 1, 1, tzinfo=dt.UTC), days=20 * 365)


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path):
    """Every test writes its files into a folder of its own."""
    storages = {name: dict(store) for name, store in settings.STORAGES.items()}
    for name in ("library", "masters", "derivatives"):
        alias = "default" if name == "library" else name
        storages[alias] = {
            **storages[alias],
            "OPTIONS": {"location": str(tmp_path / name), "base_url": f"/files/{name}/"},
        }
    settings.STORAGES = storages
    settings.FONDS_DATA = tmp_path


@pytest.fixture
def archive():
    """A small archive of the public site: home, list of fonds, one fonds, one series with three items, the second of
    which is not open. ``archive.add_item(number, **values)`` adds one."""
    return build_archive()


def build_home():
    """A site of its own with nothing but a home page."""
    from wagtail.models import Collection, Locale, Site

    from fonds.archive_pages.models import ArchivePage
    from fonds.site.models import HomePage

    Locale.objects.get_or_create(language_code="zh-hans")
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    Site.objects.all().delete()
    ArchivePage.objects.filter(depth__gt=1).delete()
    root = ArchivePage.get_first_root_node() or ArchivePage.add_root(title="Root", slug="root")
    home = root.add_child(instance=HomePage(title="首页", slug="home", visit="周一至周五", visit_en="Monday to Friday"))
    Site.objects.create(hostname="testserver", root_page=home, is_default_site=True, site_name="越州市数字档案室")
    return home


def build_archive() -> SimpleNamespace:
    from fonds.archive_pages.models import FondsIndexPage, FondsPage, ItemPage, SeriesPage

    home = build_home()
    index = home.add_child(instance=FondsIndexPage(title="全宗", slug="fonds"))
    fonds = index.add_child(
        instance=FondsPage(title="越州市市场监督管理局", reference_code="J037", opening_status="open")
    )
    series = fonds.add_child(
        instance=SeriesPage(title="2008年文书", reference_code="J037-WS·2008", opening_status="open")
    )

    def add_item(number: int, **values):
        values = {
            "title": f"关于第{number}号事项的通知",
            "reference_code": f"J037-WS·2008-Y-BGS-{number:04}",
            "opening_status": "open",
            "date_text": "20080312",
            **values,
        }
        return series.add_child(instance=ItemPage(**values))

    first = add_item(1, document_number="绍工商〔2008〕15号", creator="绍兴市工商行政管理局", persons="王建国；李秀英")
    secret = add_item(2, title="未审核的人事名册", opening_status="unreviewed")
    third = add_item(3, title="关于表彰先进集体的决定")
    return SimpleNamespace(
        home=home, index=index, fonds=fonds, series=series, first=first, closed=secret, third=third, add_item=add_item
    )


@pytest.fixture
def staff(django_user_model):
    """A signed-in member of the archive's staff with every right."""
    return django_user_model.objects.create_superuser("keeper", "keeper@example.org", "a-long-password")
