"""The demo's accounts, one per role. Their password is no secret: the demo listens on this machine only."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from fonds.access import roles

PASSWORD = "fonds-demo"


@dataclass(frozen=True)
class Account:
    """A demo account: who, in which group (none for the administrator), and what it is shown as."""

    username: str
    name: str
    group: str
    role_text: str


ACCOUNTS = [
    Account("admin", "系统管理员", "", "administrator  系统管理员"),
    Account("editor", "周编辑", roles.EDITOR, "editor: describes, imports, curates  编辑"),
    Account("policy", "孙科员", roles.POLICY_STAFF, "staff: writes policies  制度起草"),
    Account("manager", "马主任", roles.MANAGER, "manager: releases, certifies, prints  负责人"),
    Account("clerk", "陈窗口", roles.CLERK, "query window clerk: reads  查档窗口"),
    Account("reader", "林读者", roles.READER, "registered reader  注册读者"),
]


def make_accounts() -> dict[str, object]:
    """The accounts by user name, made where they are missing."""
    users = {}
    for account in ACCOUNTS:
        user, created = get_user_model().objects.get_or_create(
            username=account.username,
            defaults={
                "last_name": account.name[0],
                "first_name": account.name[1:],
                "email": f"{account.username}@fonds.example",
                "is_superuser": not account.group,
                "is_staff": not account.group,
            },
        )
        if created:
            user.set_password(PASSWORD)
            user.save()
        if account.group:
            user.groups.add(Group.objects.get(name=account.group))
        users[account.username] = user
    return users
