"""The doors of views that are not ours: Wagtail's, Django's and those of other libraries, by the name of the address.

Wagtail's own permissions hold on top of this; here stands what its arguments lead to, so that whoever may not know of
a page, photograph or document gets the answer of one that is not there.
"""

from collections.abc import Iterator
from dataclasses import replace

from django.http import HttpRequest

from fonds.access.doors import BY_NAME, PUBLIC, Asked, Door, Who, declare

ADMIN = Door(Who.ADMIN)
SIGNED_IN = Door(Who.SIGNED_IN)
KIND_OF_MODEL = {"archivepage": "unit", "archiveimage": "photo", "archivedocument": "document"}
TABLES = [
    "categories", "retention_periods", "departments", "code_templates", "alarm_rules", "clearances", "terms",
    "window_lists", "desks", "issuing_offices",
]  # fmt: skip
LISTS_OF_ROWS = {"wagtailusers_users": "account", "wagtailusers_groups": "group", "wagtailsites": "site"}


def declare_all() -> None:
    """Declare every door that no decorator declares."""
    BY_NAME.update(_names())
    _declare_public()
    _declare_pages()
    _declare_libraries()
    _declare_tables()
    _declare_audit()
    _declare_accounts()
    _declare_api()


def _names() -> dict[str, str]:
    """Arguments that mean the same wherever Wagtail uses them."""
    return {
        **dict.fromkeys(["page_id", "parent_page_id", "page_to_move_id", "destination_id", "page_pk"], "unit"),
        **dict.fromkeys(["document_id", "doc_id"], "document"),
        "image_id": "photo",
        "revision_id": "revision",
        "revision_id_a": "revision",
        "revision_id_b": "revision",
        "workflow_state_id": "workflow_state",
        "task_state_id": "task_state",
        "task_id": "task",
        "workflow_pk": "workflow",
        "collection_id": "library_folder",
        "uploaded_file_id": "upload",
        "content_type_app_name": "page_app",
        "content_type_model_name": "page_model",
        "app_label": "page_app",
        "app_name": "page_app",
        "model_name": "page_model",
        "action_name": "workflow_action",
        "filter_spec": "filter_spec",
        "session_id": "editing_session",
        "redirect_id": "redirect",
        "uidb64": "account_code",
        "token": "token",
    }


def _declare_public() -> None:
    declare(["set_language", "sitemap", "robots"], PUBLIC)
    declare("sitemap_part", Door(Who.EVERYBODY, arguments={"section": "sitemap_section"}))
    declare("wagtail_serve", Door(Who.ITSELF, why="archive_pages.serving", arguments={"0": "page_path"}))
    declare(
        "wagtailcore_authenticate_with_password",
        Door(Who.EVERYBODY, arguments={"page_view_restriction_id": "view_restriction"}),
    )
    declare("wagtailcore_login", PUBLIC)
    declare(
        [
            "wagtailadmin_login",
            "wagtailadmin_password_reset",
            "wagtailadmin_password_reset_done",
            "wagtailadmin_password_reset_confirm",
            "wagtailadmin_password_reset_complete",
            "wagtailadmin_javascript_catalog",
            "wagtailadmin_sprite",
        ],
        PUBLIC,
    )


def _declare_pages() -> None:
    declare(
        [
            "wagtailadmin_home", "admin/test404/", "wagtailadmin_error_test", "wagtailadmin_explore_root",
            "wagtailadmin_explore", "wagtailadmin_explore_results", "wagtailadmin_account", "wagtailadmin_logout",
            "wagtailadmin_dismissibles", "wagtailadmin_block_preview", "admin/^.*/$",
            "wagtailadmin_choose_page_external_link", "wagtailadmin_choose_page_email_link",
            "wagtailadmin_choose_page_phone_link", "wagtailadmin_choose_page_anchor_link", "wagtailadmin_tag_autocomplete",
            "wagtailadmin_tag_model_autocomplete", "wagtailadmin_reports:*", "wagtailembeds:*", "wagtailsnippets:*",
            "wagtail_modeladmin:*",
        ],
        ADMIN,
    )  # fmt: skip
    declare("wagtailadmin_pages:*", Door(Who.ADMIN, queries={"new_parent_page": "unit", "parent_page": "unit"}))
    declare("wagtailadmin_pages:revisions_compare", Door(Who.ADMIN, arguments={"pk": "unit"}))
    choosing = Door(Who.ADMIN, queries={"id": "unit", "target_pages": "unit", "parent_page_id": "unit"})
    declare(
        [f"wagtailadmin_choose_page{part}" for part in ("", "_child", "_search", "_chosen_multiple")],
        choosing,
    )
    declare("wagtail_bulk_action", Door(Who.ADMIN, more=_bulk, arguments={"action": "bulk_action"}))
    declare("wagtailadmin_editing_sessions:ping", Door(Who.ADMIN, more=_object, arguments={"object_id": "object_id"}))
    declare("wagtailadmin_editing_sessions:release", ADMIN)
    declare("wagtailadmin_api:pages:*", Door(Who.ADMIN, arguments={"pk": "unit", "action_name": "page_action"}))
    declare("wagtailadmin_workflows:*", Door(Who.ADMIN, arguments={"pk": "workflow"}))
    tasks = ["edit_task", "disable_task", "enable_task"]
    declare([f"wagtailadmin_workflows:{name}" for name in tasks], Door(Who.ADMIN, arguments={"pk": "task"}))


def _declare_libraries() -> None:
    declare("wagtailadmin_collections:*", Door(Who.ADMIN, arguments={"pk": "library_folder"}))
    for namespace, kind in (("wagtailimages", "photo"), ("wagtaildocs", "document")):
        declare(f"{namespace}:*", ADMIN)
        declare(f"{namespace}_chooser:*", Door(Who.ADMIN, arguments={"pk": kind}, queries={"id": kind}))
    declare("wagtailadmin_api:images:*", Door(Who.ADMIN, arguments={"pk": "photo"}))
    declare("wagtailadmin_api:documents:*", Door(Who.ADMIN, arguments={"pk": "document"}))


def _declare_tables() -> None:
    for namespace in TABLES:
        declare(f"{namespace}:*", Door(Who.ADMIN, arguments={"pk": f"row_of_{namespace}"}))
    declare("persons:*", Door(Who.ADMIN, arguments={"pk": "person"}))
    declare("department_chooser:*", Door(Who.ADMIN, arguments={"pk": "row_of_departments"}))
    for namespace, kind in LISTS_OF_ROWS.items():
        declare(f"{namespace}:*", Door(Who.ADMIN, arguments={"pk": kind}))
    declare("wagtailredirects:*", ADMIN)
    declare("wagtailsettings:*", Door(Who.ADMIN, arguments={"pk": "site", "app_name": "setting_app",
                                                            "model_name": "setting_model"}))  # fmt: skip
    for register, kind in (("codes", "code_record"), ("certificates", "certificate_id")):
        declare(
            [f"{register}_modeladmin_{view}" for view in ("index", "create", "edit", "delete", "inspect")],
            Door(Who.ADMIN, arguments={"instance_pk": kind}),
        )


def _declare_audit() -> None:
    """The log's own views stand on the lowest floor, which knows nothing of doors."""
    door = Door(Who.PERMISSION, permission="audit.view_event")
    declare(["audit_events", "audit_seals", "audit_alarms"], door)
    declare("audit_event", replace(door, arguments={"pk": "event"}))
    declare("audit_event_export", replace(door, arguments={"kind": "event_export"}))
    declare("audit_seal_export", replace(door, arguments={"number": "seal", "kind": "seal_export"}))
    declare("audit_alarm_acknowledge", replace(door, arguments={"pk": "alarm"}))


def _declare_accounts() -> None:
    """Signing in and one's own account: these pages show nothing of the archive."""
    declare(["sign_in_help", "lift_lock"], Door(Who.PERMISSION, permission="access.change_user"))
    declare(
        [
            *(f"account_{name}" for name in (
                "login", "logout", "signup", "inactive", "confirm_email", "email_verification_sent", "confirm_login_code",
                "reset_password", "reset_password_done", "reset_password_from_key", "reset_password_from_key_done",
            )),
            *(f"socialaccount_{name}" for name in ("login_cancelled", "login_error", "signup", "connections")),
            "my_account", "mfa_authenticate", "openid_connect_login", "openid_connect_callback",
            "admin/login/", "admin/logout/", "admin/password_reset/", "admin/password_reset/<path:rest>",
        ],
        Door(Who.EVERYBODY, arguments={"key": "token", "uidb36": "account_code", "provider_id": "provider",
                                       "rest": "token"}),
    )  # fmt: skip
    declare(
        [
            *(f"account_{name}" for name in ("change_password", "set_password", "email", "reauthenticate")),
            *(f"mfa_{name}" for name in (
                "index", "reauthenticate", "view_recovery_codes", "download_recovery_codes",
                "generate_recovery_codes", "activate_totp", "deactivate_totp",
            )),
        ],
        SIGNED_IN,
    )  # fmt: skip


def _declare_api() -> None:
    """The read-only API: ``site.api`` and ``site.api_v3`` choose their rows by the decision themselves."""
    rows = Door(Who.ITSELF, why="site.api.pages_for, photos_for and documents_for")
    unit = replace(rows, queries={"id": "unit"})
    for kind, namespace in (("unit", "pages"), ("photo", "images"), ("document", "documents")):
        declare(f"api_v2:{namespace}:*", replace(rows, arguments={"pk": kind}))
    declare(["api_v2:pages:find"], unit)
    declare("wagtailapi_v3:*", rows)
    listed = {"child_of": "unit", "descendant_of": "unit", "ancestor_of": "unit", "translation_of": "unit"}
    declare(["api_v2:pages:listing", "wagtailapi_v3:list_pages"], replace(rows, queries=listed))


def _bulk(request: HttpRequest, kwargs: dict) -> Iterator[Asked]:
    """The rows a bulk action is for, the page below which ``all`` are meant, and where they are to be moved."""
    kind = KIND_OF_MODEL.get(kwargs["model_name"])
    if kind:
        yield from ((kind, number) for number in request.GET.getlist("id"))
    for name in ("childOf", "chooser"):
        yield from (("unit", number) for number in [*request.GET.getlist(name), *request.POST.getlist(name)])


def _object(request: HttpRequest, kwargs: dict) -> Iterator[Asked]:
    """The thing somebody says to be editing."""
    kind = KIND_OF_MODEL.get(kwargs["model_name"], "unit" if kwargs["app_label"] in PAGE_APPS else "")
    if kind:
        yield kind, kwargs["object_id"]


PAGE_APPS = ("archive_pages", "policies", "fonds_collections", "fonds_site")
