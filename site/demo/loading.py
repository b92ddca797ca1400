"""The steps that fill the demo archive, each by the product's own ways."""

from collections.abc import Callable

from django.contrib.auth import get_user_model
from django.core.management import call_command

from fonds.access.enums import OpeningStatus
from fonds.archive_pages.models import FondsPage
from fonds.collections.workflows import release, submit
from fonds.reading_room.models import Certificate

from ..roles import sync_roles
from . import enterprises, exhibits, records
from .accounts import make_accounts
from .copies import issue_copies
from .silence import Silence
from .tree import make_skeleton

FONDS_CODE = "J037"
RECOGNISED = "J037-WS·2008-D30-SGC-0053"


def user(name: str):
    """The demo account called ``name``."""
    return get_user_model().objects.get(username=name)


def is_loaded() -> bool:
    """Whether the demo is there whole: its last step leaves certificates."""
    return Certificate.objects.exists()


def load_skeleton() -> None:
    call_command("load_tables", verbosity=0, stdout=Silence())
    make_skeleton()
    sync_roles()
    make_accounts()


def load_documents() -> None:
    records.import_documents(FONDS_CODE)
    records.add_page_texts()
    records.recognise(RECOGNISED)


def load_photos() -> None:
    folder = records.folder_of("photos")
    call_command(
        "import_photos",
        str(folder / "照片档案目录.xlsx"),
        photos=folder,
        opening_status=OpeningStatus.OPEN,
        renditions=True,
        stdout=Silence(),
    )
    records.review_opening(FondsPage.objects.get(reference_code=FONDS_CODE))
    records.set_ranks(user("manager"))
    records.make_requests(user("reader"), user("officer2"), user("manager"))


def load_policies() -> None:
    call_command("import_policies", str(records.folder_of("policies")), publish=True, user="manager", stdout=Silence())


def load_exhibits() -> None:
    for page in exhibits.make_collections():
        submit(page, user("editor"))
        release(page, user("manager"))
    *approved, waiting = exhibits.make_exhibits(user("editor"))
    for page in approved:
        submit(page, user("editor"))
        release(page, user("manager"))
    submit(waiting, user("editor"))


def load_recordings() -> None:
    call_command(
        "import_recordings", records.folder_of("recordings") / "录音录像档案目录.xlsx", open=True, stdout=Silence()
    )


def load_window() -> None:
    enterprises.import_dossiers(FondsPage.objects.get(reference_code=FONDS_CODE))
    enterprises.register_readers(user("clerk"))


def load_copies() -> None:
    issue_copies(user("manager"))


STEPS: list[tuple[str, Callable[[], None]]] = [
    ("home page, tables, roles and accounts", load_skeleton),
    ("602 documents of 2008, 40 of them scanned", load_documents),
    ("photographs in groups, and who may see what", load_photos),
    ("enterprise dossiers and readers of the query window", load_window),
    ("pictures for the viewer", lambda: call_command("make_derivatives", missing=True, stdout=Silence())),
    ("a sound recording and a film with their words", load_recordings),
    ("seven policies", load_policies),
    ("collections and exhibits", load_exhibits),
    ("certified copies", load_copies),
]
