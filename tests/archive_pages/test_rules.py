import pytest
from django.core.management import call_command

from fonds.access.models import Department
from fonds.archive_pages.models import Category, ReferenceCodeTemplate, RetentionPeriod
from fonds.archive_pages.rules import check_characters, is_refused_grade, read_page_count, read_secrecy

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", ""),
        ("无", ""),
        ("内部", "内部"),
        ("秘密☆5年", "秘密★5年"),
        ("机密 * 10 年", "机密★10年"),
        ("绝密★长期", "绝密★长期"),
    ],
)
def test_secrecy_marks_in_normal_form(written, read):
    assert read_secrecy(written) == read


@pytest.mark.parametrize("written", ["密", "保密", "秘密5年", "秘密★年"])
def test_other_secrecy_marks_are_refused_with_their_text(written):
    with pytest.raises(ValueError, match=written):
        read_secrecy(written)


def test_which_grades_a_networked_archive_refuses():
    assert [mark for mark in ("内部", "秘密★5年", "机密★10年", "绝密") if is_refused_grade(mark)] == [
        "机密★10年",
        "绝密",
    ]


@pytest.mark.parametrize(("written", "read"), [("", None), ("3", 3), ("１２", 12), ("5页", 5)])
def test_page_counts(written, read):
    assert read_page_count(written) == read


@pytest.mark.parametrize("written", ["0", "-1", "三", "2.5", "999999"])
def test_what_is_no_page_count(written):
    with pytest.raises(ValueError, match=written):
        read_page_count(written)


@pytest.mark.parametrize("text", ["通\u007f知", "通\x00知", "通\u202e知", "<script>alert(1)</script>", "通知<b>"])
def test_characters_that_no_title_has(text):
    with pytest.raises(ValueError, match="U\\+|HTML"):
        check_characters(text)


@pytest.mark.parametrize("text", ["关于印发《2008年要点》的通知", "A < B 与 C>D", "<<市场>>", "𬭎㛃"])
def test_characters_that_titles_have(text):
    check_characters(text)
    assert text


@pytest.mark.django_db
def test_tables_are_loaded_once_and_an_archives_changes_stay():
    call_command("load_tables", verbosity=0)
    RetentionPeriod.objects.filter(code="D30").update(name="三十年")
    counts = [model.objects.count() for model in (Category, RetentionPeriod, Department, ReferenceCodeTemplate)]
    call_command("load_tables", verbosity=0)
    assert counts == [model.objects.count() for model in (Category, RetentionPeriod, Department, ReferenceCodeTemplate)]
    assert RetentionPeriod.objects.get(code="D30").name == "三十年"
    assert min(counts) >= 5
