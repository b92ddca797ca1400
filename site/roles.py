"""Fills the groups of ``fonds.access.roles`` with their permissions. Idempotent; run by ``sync_roles``."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection as LibraryFolder
from wagtail.models import GroupCollectionPermission, GroupPagePermission, Workflow

from fonds.access import roles
from fonds.access.models import Clearance
from fonds.archive_pages.models import ArchivePage, FondsIndexPage
from fonds.collections.models import CollectionIndexPage, ExhibitIndexPage
from fonds.collections.workflows import ensure_exhibit_workflow
from fonds.policies.models import PolicyIndexPage
from fonds.policies.workflows import ensure_policy_workflow

from .models import HomePage

# Wagtail asks for the permissions of its own library models, also where the archive's own stand in their place.
LIBRARY = [
    f"{app}.{action}_{kind}"
    for app, kind in (("wagtailimages", "image"), ("wagtaildocs", "document"))
    for action in ("add", "change")
]
# Attachments of policies; photographs and their opening status are the editors' work.
DOCUMENTS = [name for name in LIBRARY if name.startswith("wagtaildocs.")]
CHOOSING = ["wagtailimages.choose_image", "wagtaildocs.choose_document"]
TABLES = [
    f"{app}.{action}_{model}"
    for app, model in (
        ("archive_pages", "category"),
        ("archive_pages", "retentionperiod"),
        ("archive_pages", "referencecodetemplate"),
        ("access", "department"),
    )
    for action in ("add", "change", "delete", "view")
]
PHOTO_REGISTERS = [
    f"fonds_collections.{action}_{model}"
    for model in ("person", "term")
    for action in ("add", "change", "delete", "view")
]
REGISTERS = ["archive_pages.view_coderecord", "reading_room.view_certificate"]
WINDOW = ["reading_room.serve_desk", "reading_room.view_reader", "reading_room.view_useentry"]
WINDOW_TABLES = [
    f"reading_room.{action}_{model}"
    for model in ("listentry", "desk")
    for action in ("add", "change", "delete", "view")
]
JOBS = ["reports.view_job", "reports.change_job"]
#: The tables that are technical: the grammars of reference codes are the archivists' own.
TECHNICAL_TABLES = [name for name in TABLES if "referencecodetemplate" not in name]
SITES = [
    f"{model.replace('.', f'.{action}_')}"
    for model in ("wagtailcore.site", "wagtailredirects.redirect")
    for action in ("add", "change", "delete", "view")
]
ACCOUNTS = [
    "access.add_user",
    "access.change_user",
    "access.view_user",
    *(f"auth.{action}_group" for action in ("add", "change", "delete", "view")),
    *(f"access.{action}_clearance" for action in ("add", "change", "view")),
]
EVENTS = ["audit.view_event", "audit.view_seal", *(f"audit.{action}_alarmrule" for action in ("view", "change"))]

#: Group → permissions of the whole site.
SITE_PERMISSIONS = {
    roles.READER: [],
    roles.OFFICER: [],
    roles.RECORDS_OFFICER: [roles.STAFF_PERMISSION],
    roles.POLICY_STAFF: [roles.STAFF_PERMISSION],
    roles.CLERK: [roles.STAFF_PERMISSION, roles.CERTIFY_PERMISSION, *WINDOW, *REGISTERS],
    roles.EDITOR: [roles.STAFF_PERMISSION, roles.IMPORT_PERMISSION, "archive_pages.view_coderecord", *PHOTO_REGISTERS],
    roles.MANAGER: [
        roles.STAFF_PERMISSION,
        roles.IMPORT_PERMISSION,
        roles.CERTIFY_PERMISSION,
        roles.RANK_PERMISSION,
        roles.DECIDE_PERMISSION,
        "access.view_grant",
        "access.change_grant",
        "reading_room.revoke_certificate",
        "reading_room.change_issuingoffice",
        "fonds_collections.change_readingorder",
        "fonds_collections.change_watermarkrule",
        "reading_room.change_windowsettings",
        "reading_room.block_reader",
        *WINDOW,
        *WINDOW_TABLES,
        *JOBS,
        *TABLES,
        *REGISTERS,
        *PHOTO_REGISTERS,
    ],
    roles.SYSTEM_ADMIN: [roles.STAFF_PERMISSION, *SITES, *JOBS, *TECHNICAL_TABLES],
    roles.SECURITY_ADMIN: [
        roles.STAFF_PERMISSION,
        *ACCOUNTS,
        roles.RANK_PERMISSION,
        "access.view_grant",
        "access.change_grant",
    ],
    roles.AUDIT_ADMIN: [roles.STAFF_PERMISSION, *EVENTS],
}
#: Group → page model whose subtree it may work in → what it may do there.
EDITING = ["add", "change"]
RELEASING = [*EDITING, "publish", "lock", "unlock"]
PAGE_PERMISSIONS = {
    roles.EDITOR: {FondsIndexPage: [*EDITING, "publish"], CollectionIndexPage: EDITING, ExhibitIndexPage: EDITING},
    roles.POLICY_STAFF: {PolicyIndexPage: EDITING},
    roles.MANAGER: {HomePage: RELEASING},
}
LIBRARY_PERMISSIONS = {
    roles.EDITOR: [*LIBRARY, *CHOOSING],
    roles.POLICY_STAFF: [*DOCUMENTS, *CHOOSING],
    roles.MANAGER: [*LIBRARY, *CHOOSING],
    roles.CLERK: CHOOSING,
}


def permission(name: str) -> Permission:
    """The permission called ``app_label.codename``; raises ``Permission.DoesNotExist`` where there is none."""
    app_label, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)


@transaction.atomic
def sync_roles() -> None:
    """Make every role have exactly the permissions above, and set up the two workflows. What a role may see is set at
    first only (``roles.CLEARANCES``): from then on it is the security administrator's."""
    for name, wanted in SITE_PERMISSIONS.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.set([permission(each) for each in wanted])
        Clearance.objects.get_or_create(group=group, defaults=roles.CLEARANCES[name]._asdict())
        _sync_pages(group, PAGE_PERMISSIONS.get(name, {}))
        _sync_library(group, LIBRARY_PERMISSIONS.get(name, []))
    managers = Group.objects.get(name=roles.MANAGER)
    ensure_exhibit_workflow(managers)
    ensure_policy_workflow(managers)
    _retire_first_workflow()
    Group.objects.filter(name="Moderators", user=None, grants=None).delete()  # Wagtail's own, which may publish all


def _retire_first_workflow() -> None:
    """Take away the workflow Wagtail starts with, unless an archive has used it: units are published, not submitted."""
    for workflow in Workflow.objects.filter(name="Moderators approval", active=True, workflow_states=None):
        workflow.workflow_pages.all().delete()
        workflow.active = False
        workflow.save()


def _sync_pages(group: Group, wanted: dict) -> None:
    GroupPagePermission.objects.filter(group=group).delete()
    for model, actions in wanted.items():
        for page in ArchivePage.objects.type(model):
            for action in actions:
                GroupPagePermission.objects.create(
                    group=group, page=page, permission=permission(f"archive_pages.{action}_archivepage")
                )


def _sync_library(group: Group, wanted: list[str]) -> None:
    GroupCollectionPermission.objects.filter(group=group).delete()
    root = LibraryFolder.get_first_root_node()
    for each in wanted:
        GroupCollectionPermission.objects.create(group=group, collection=root, permission=permission(each))
