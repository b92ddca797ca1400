"""A demo that an older version loaded, started by this one."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from fonds.access import roles
from fonds.reading_room.actions import issue_certificate
from fonds.site.management.commands import run_demo
from fonds.site.roles import sync_roles

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def test_its_clerks_get_what_their_role_may_do_now(item, manager, monkeypatch):
    issue_certificate(item, pages=[1], purpose="查询", user=manager)  # so the demo is there
    sync_roles()
    clerks = Group.objects.get(name=roles.CLERK)
    clerks.permissions.clear()
    served = []
    monkeypatch.setattr(run_demo, "serve", served.append)
    call_command("run_demo", port=8765)
    assert served == [8765]
    assert clerks.permissions.filter(codename="serve_desk").exists()
