"""The demo's accounts, one per role. Their password is no secret: the demo listens on this machine only."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from fonds.access import roles
from fonds.access.models import Department

PASSWORD = "fonds-demo"


@dataclass(frozen=True)
class Account:
    """A demo account: who, in which group, of which department, and what it is shown as."""

    username: str
    name: str
    group: str
    role_text: str
    department: str = ""


ACCOUNTS = [
    Account("manager", "马主任", roles.MANAGER, "manager: releases, decides, certifies  负责人"),
    Account("editor", "周编辑", roles.EDITOR, "editor: describes, imports, curates  编辑"),
    Account("clerk", "陈窗口", roles.CLERK, "query window clerk: serves readers  查档窗口"),
    Account("policy", "孙科员", roles.POLICY_STAFF, "writes policies  制度起草", "BGS"),
    Account("records", "吴兼职", roles.RECORDS_OFFICER, "records officer of BGS  部门档案员", "BGS"),
    Account("officer", "赵科员", roles.OFFICER, "officer of BGS  办公室人员", "BGS"),
    Account("officer2", "钱科员", roles.OFFICER, "officer of RJC  人事处人员", "RJC"),
    Account("reader", "林读者", roles.READER, "registered reader  注册读者"),
    Account("sysadmin", "郑系统", roles.SYSTEM_ADMIN, "system administrator  系统管理员"),
    Account("secadmin", "冯安全", roles.SECURITY_ADMIN, "security administrator  安全保密管理员"),
    Account("auditor", "褚审计", roles.AUDIT_ADMIN, "audit administrator  安全审计员"),
]


def make_accounts() -> dict[str, object]:
    """The accounts by user name, made where they are missing."""
    departments = {department.code: department for department in Department.objects.all()}
    users = {}
    for account in ACCOUNTS:
        user, created = get_user_model().objects.get_or_create(
            username=account.username,
            defaults={
                "last_name": account.name[0],
                "first_name": account.name[1:],
                "email": f"{account.username}@fonds.example",
                "department": departments.get(account.department),
            },
        )
        if created:
            user.set_password(PASSWORD)
            user.save()
        user.groups.set([Group.objects.get(name=account.group)])
        users[account.username] = user
    return users
