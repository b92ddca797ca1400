"""The house's plan, checked: who may import whom, how large a module may grow, what may never exist."""

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent
ABOVE = {
    "audit": set(),
    "access": {"audit"},
    "reports": {"audit", "access"},
    "archive_pages": {"audit", "access", "reports"},
    "collections": {"audit", "access", "reports", "archive_pages"},
    "policies": {"audit", "access", "reports", "archive_pages"},
    "search": {"audit", "access", "reports", "archive_pages", "collections", "policies"},
}
FLOOR_5 = {"transfers", "reading_room", "retention", "preservation"}
ABOVE |= {room: set(ABOVE) for room in FLOOR_5}
ABOVE["site"] = set(ABOVE)
ROOMS = sorted(room for room in ABOVE if (ROOT / room).is_dir())
MAX_LINES = 500
MAX_FUNCTION_LINES = 60


def modules(room: str) -> list[Path]:
    return [path for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts]


def all_modules() -> list[Path]:
    return [path for room in ROOMS for path in modules(room)]


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        rooms |= {name.split(".")[1] for name in names if name.startswith("fonds.") and name.count(".") >= 1}
    return rooms & set(ABOVE)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_the_floors_below(room):
    wrong = {
        f"{path.relative_to(ROOT)} imports {other}"
        for path in modules(room)
        for other in imported_rooms(path) - ABOVE[room] - {room}
    }
    assert not wrong


@pytest.mark.parametrize("room", ["site", "collections"])
def test_rooms_named_like_the_standard_library_are_no_regular_packages(room):
    assert (ROOT / room).is_dir()
    assert not (ROOT / room / "__init__.py").exists()


def test_modules_stay_small():
    large = {
        str(path.relative_to(ROOT)): lines
        for path in [*all_modules(), *sorted((ROOT / "tests").rglob("*.py"))]
        if (lines := path.read_text(encoding="utf-8").count("\n")) > MAX_LINES
    }
    assert not large


def test_functions_stay_small():
    large = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in all_modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert not large


def test_no_module_is_a_drawer_for_everything():
    names = {"utils.py", "helpers.py", "misc.py", "common.py"}
    assert not [path for path in all_modules() if path.name in names]


def test_templates_hold_no_inline_script_and_no_inline_style():
    """Only printouts may carry their style with them: they are rendered, not served."""
    import re

    inline = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/(ld\+)?json)|\sstyle=\"")
    wrong = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if "reports" not in path.parts and inline.search(path.read_text(encoding="utf-8"))
    ]
    assert not wrong


def test_only_the_import_table_knows_all_rooms():
    """A new room is entered in the table above before it is used."""
    packages = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and (path / "apps.py").exists() and not path.name.startswith(".")
    }
    assert packages <= set(ABOVE)
