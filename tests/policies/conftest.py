"""A site with a home page, and the seven policies of the demo."""

import itertools
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from wagtail.models import GroupPagePermission, Site

from fonds.access.models import User
from fonds.archive_pages.models import ArchivePage
from fonds.policies.importing import ensure_index, import_policies
from fonds.site.models import HomePage
from tests.clearances import cleared

DEMO = Path(settings.ROOT) / "fixtures" / "demo" / "policies"

TEXT = """# {title}

越州市档案馆

编号：{number}

施行日期：{date}

## 第一章　总则

**第一条**　{first}

**第二条**　档案分为：

（一）文书档案；

（二）照片档案。

## 第二章　附则

**第三条**　本制度自发布之日起施行。
"""


@pytest.fixture
def home(db) -> HomePage:
    root = ArchivePage.objects.get(depth=1)
    home = HomePage.objects.first()
    if home is None:
        home = root.add_child(instance=HomePage(title="首页", slug="home-page"))
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "port": 80, "root_page_id": home.pk}
    )
    Site.clear_site_root_paths_cache()
    return home


@pytest.fixture
def index(home):
    return ensure_index()


@pytest.fixture
def policies(home) -> list:
    return [outcome.policy for outcome in import_policies(DEMO, publish=True)]


@pytest.fixture
def make_policy(index, tmp_path):
    """Make one policy from ``TEXT``, published unless said otherwise."""

    counter = itertools.count()

    def make(number="越档〔2026〕1号", *, title="档案制度", date="2026年3月1日", first="为加强管理。", publish=True):
        folder = tmp_path / f"policy-{next(counter)}"
        folder.mkdir()
        text = TEXT.format(title=title, number=number, date=date, first=first)
        (folder / "policy.md").write_text(text, encoding="utf-8")
        outcome = import_policies(folder, publish=publish)[0]
        return type(outcome.policy).objects.get(pk=outcome.policy.pk)

    return make


def _account(name: str, *rights: str, page=None) -> User:
    group, _created = Group.objects.get_or_create(name=f"test {name}")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for right in rights:
        permission = Permission.objects.get(codename=right, content_type__app_label="archive_pages")
        GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
    user = User.objects.create_user(username=name, password="kept-secret")
    user.groups.add(cleared(group))
    return user


@pytest.fixture
def writer(index) -> User:
    return _account("writer", "add_archivepage", "change_archivepage", page=index.archivepage_ptr)


@pytest.fixture
def manager(index) -> User:
    return _account(
        "manager", "add_archivepage", "change_archivepage", "publish_archivepage", page=index.archivepage_ptr
    )
