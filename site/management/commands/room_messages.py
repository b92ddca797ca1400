"""Collect the visible strings of one room (its folder and templates/<room>/) into locale/<room>/zh_Hans."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("rooms", nargs="*", help="names of rooms; default: all that have a locale folder")

    def handle(self, *args, rooms, **options) -> None:
        if not shutil.which("xgettext"):
            raise CommandError("xgettext is missing: install the package gettext.")
        for room in rooms or sorted(path.name for path in (settings.ROOT / "locale").iterdir()):
            total, missing = collect(room)
            self.stdout.write(f"{room}: {total} strings, {missing} without translation")


def sources(room: str) -> list[Path]:
    """The Python files of the room and its templates; the room ``site`` also has the templates of no room."""
    root = settings.ROOT
    files = [path for path in sorted((root / room).rglob("*.py")) if "migrations" not in path.parts]
    files += sorted((root / "templates" / room).rglob("*.html"))
    if room == "site":
        rooms = {path.name for path in (root / "locale").iterdir()}
        files += [
            path
            for path in sorted((root / "templates").rglob("*.html"))
            if path.relative_to(root / "templates").parts[0] not in rooms
        ]
    return files


def collect(room: str) -> tuple[int, int]:
    """Merge the strings of ``room`` into its catalogue; the number of strings and of untranslated ones."""
    folder = settings.ROOT / "locale" / room / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    catalogue = folder / "django.po"
    with tempfile.TemporaryDirectory() as work:
        names = []
        for number, path in enumerate(sources(room)):
            text = path.read_text(encoding="utf-8")
            copy = Path(work) / f"{number}.py"
            copy.write_text(templatize(text, origin=str(path)) if path.suffix == ".html" else text, encoding="utf-8")
            names.append(copy.name)
        template = Path(work) / "room.pot"
        keywords = [
            "gettext_lazy",
            "gettext_noop",
            "ngettext_lazy:1,2",
            "pgettext:1c,2",
            "pgettext_lazy:1c,2",
            "npgettext:1c,2,3",
        ]
        command = [
            "xgettext",
            "--language=Python",
            "--from-code=UTF-8",
            "--no-location",
            "--no-wrap",
            "--add-comments=Translators",
        ]
        command += [f"--keyword={word}" for word in keywords] + ["--force-po", "--output", str(template), *names]
        subprocess.run(command, cwd=work, check=True)
        text = template.read_text(encoding="utf-8").replace("charset=CHARSET", "charset=UTF-8")
        text = text.replace('"Language: \\n"', '"Language: zh_Hans\\n"')
        text = text.replace("nplurals=INTEGER; plural=EXPRESSION;", "nplurals=1; plural=0;")
        lines = [line for line in text.splitlines(keepends=True) if not line.startswith('"POT-Creation-Date')]
        template.write_text("".join(lines), encoding="utf-8")
        if catalogue.exists():
            merge = [
                "msgmerge",
                "--quiet",
                "--no-fuzzy-matching",
                "--no-wrap",
                "--no-location",
                "--backup=none",
                "--update",
            ]
            subprocess.run([*merge, str(catalogue), str(template)], check=True)
            subprocess.run(
                ["msgattrib", "--no-obsolete", "--no-wrap", "-o", str(catalogue), str(catalogue)], check=True
            )
        else:
            shutil.copy(template, catalogue)
    entries = subprocess.run(["msgattrib", "--no-obsolete", str(catalogue)], capture_output=True, text=True, check=True)
    blank = subprocess.run(["msgattrib", "--untranslated", str(catalogue)], capture_output=True, text=True, check=True)
    return entries.stdout.count("\nmsgid ") - 1, max(blank.stdout.count("\nmsgid ") - 1, 0)
