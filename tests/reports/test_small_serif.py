import pytest
from django.core.management import CommandError, call_command

from fonds.reports.fonts import serif
from fonds.reports.fonts.serif import PLACE, common_characters, make_serif
from fonds.reports.press import print_html

from .test_press import fonts_of

pytestmark = pytest.mark.once
NO_FOOTER = "<style>@page{@bottom-center{content:none}}</style>"
WHOLE_SANS = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


def test_what_is_in_common_use_is_in_it():
    characters = common_characters()
    assert {*map(ord, "档案室Añ〔2026〕，。“”—①ＡＢ")} <= characters
    assert ord("㐂") not in characters
    assert 8_000 < len(characters) < 9_000


@pytest.mark.parametrize(
    ("text", "fonts"),
    [
        ("档案证明 2026-0001", ["Fonds-Serif"]),
        ("㐂", ["Noto-Serif-CJK-SC"]),  # not in GB/T 2312
        ("王㐂", ["Fonds-Serif", "Noto-Serif-CJK-SC"]),
        ("<b>档案</b>", ["Noto-Serif-CJK-SC-Bold"]),
    ],
)
def test_each_character_has_its_font(text, fonts):
    assert PLACE.is_file(), "make setup makes it"
    assert sorted(fonts_of(print_html(f"{NO_FOOTER}<p>{text}</p>"))) == fonts


def test_the_whole_font_must_be_installed(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError):
        make_serif(tmp_path / "missing.ttc", tmp_path / "serif.otf")
    monkeypatch.setattr("fonds.reports.management.commands.make_press_font.make_serif", _failing)
    with pytest.raises(CommandError, match="fonts-noto-cjk"):
        call_command("make_press_font")


def _failing():
    raise FileNotFoundError(serif.SOURCE)


def test_another_collection_is_refused_and_nothing_is_left(tmp_path):
    with pytest.raises(LookupError, match="Noto Sans CJK"):
        make_serif(serif.Path(WHOLE_SANS), tmp_path / "serif.otf")
    assert list(tmp_path.iterdir()) == []
