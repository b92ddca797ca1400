import shutil

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from wagtail.documents import get_document_model

from fonds.policies.importing import ImportFaults, import_policies
from fonds.policies.models import PolicyPage, PolicyVersion

from .conftest import DEMO, TEXT

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def command(capsys, *args) -> str:
    call_command("import_policies", *map(str, args))
    return capsys.readouterr().out


def text(number="越档〔2026〕1号", title="档案制度", first="为加强管理。") -> str:
    return TEXT.format(title=title, number=number, date="2026年3月1日", first=first)


def test_the_seven_policies_are_imported_and_again_changes_nothing(home, capsys):
    output = command(capsys, DEMO, "--publish")
    assert output.count(": new, published") == 7
    assert PolicyPage.objects.live().filter(status="in_force", content_class=0).count() == 7
    assert get_document_model().objects.count() == 7
    assert {document.opening_status for document in get_document_model().objects.all()} == {"unreviewed"}
    revisions = sorted(PolicyPage.objects.values_list("pk", "latest_revision_id"))
    output = command(capsys, DEMO, "--publish")
    assert output.count("unchanged") == 7
    assert "Nothing changed" in output
    assert sorted(PolicyPage.objects.values_list("pk", "latest_revision_id")) == revisions
    assert (get_document_model().objects.count(), PolicyVersion.objects.count()) == (7, 7)


def test_without_publish_they_stay_drafts_and_can_be_published_later(home, capsys):
    command(capsys, DEMO)
    assert set(PolicyPage.objects.values_list("status", "live", "content_class")) == {("draft", False, 2)}
    assert command(capsys, DEMO, "--publish").count("unchanged, published") == 7
    assert set(PolicyPage.objects.values_list("status", "live")) == {("in_force", True)}


def test_a_changed_text_becomes_a_new_version(home, tmp_path):
    (tmp_path / "a.md").write_text(text(), encoding="utf-8")
    import_policies(tmp_path, publish=True)
    (tmp_path / "a.md").write_text(text(first="为了改进管理。"), encoding="utf-8")
    outcome = import_policies(tmp_path)[0]
    policy = PolicyPage.objects.get()
    assert (outcome.state, policy.has_unpublished_changes) == ("changed", True)
    assert policy.parts[1].text == "为加强管理。"
    assert import_policies(tmp_path, publish=True)[0].is_published
    assert PolicyPage.objects.get().parts[1].text == "为了改进管理。"
    assert PolicyVersion.objects.count() == 2


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"notes.txt": b"abc"}, ["notes.txt", "neither .docx nor .md"]),
        ({"README.md": "# 说明\n\n这里有制度。\n".encode()}, ["README.md", "not a policy"]),
        ({"broken.docx": b"PK\x03\x04 nothing"}, ["broken.docx", "damaged"]),
        (
            {"nonumber.md": text().replace("编号：越档〔2026〕1号", "").encode()},
            ["nonumber.md", "number is missing"],
        ),
        (
            {"nodate.md": text().replace("施行日期：2026年3月1日", "").encode()},
            ["nodate.md", "effective date is missing"],
        ),
        (
            {"a.md": text().encode(), "b.md": text("越档[2026]1号", "另一制度").encode()},
            ["b: the number", "also that of a"],
        ),
        ({}, ["holds no policy"]),
    ],
)
def test_with_a_fault_nothing_is_imported(home, tmp_path, files, words):
    (tmp_path / "sound.md").write_text(text("越档〔2026〕9号", "好制度"), encoding="utf-8") if files else None
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(CommandError) as caught:
        call_command("import_policies", str(tmp_path), "--publish")
    assert all(word in str(caught.value) for word in [*words, "Nothing was imported"])
    assert not PolicyPage.objects.exists()


def test_two_forms_that_differ_are_refused(home, tmp_path):
    stem = sorted(DEMO.glob("*.md"))[0].stem
    shutil.copy(DEMO / f"{stem}.docx", tmp_path)
    changed = (DEMO / f"{stem}.md").read_text(encoding="utf-8").replace("不得加密", "可以加密")
    (tmp_path / f"{stem}.md").write_text(changed, encoding="utf-8")
    with pytest.raises(ImportFaults, match="two forms of one policy, but differ"):
        import_policies(tmp_path)
    assert not PolicyPage.objects.exists()


def test_a_number_of_another_policy_is_refused(home, tmp_path, make_policy):
    make_policy()
    (tmp_path / "b.md").write_text(text(title="另一制度"), encoding="utf-8")
    with pytest.raises(ImportFaults, match="belongs to “档案制度” already"):
        import_policies(tmp_path, publish=True)


def test_a_failure_half_way_leaves_no_row_and_no_file(home, settings, monkeypatch):
    monkeypatch.setattr(PolicyPage, "publish", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        import_policies(DEMO, publish=True)
    assert not PolicyPage.objects.exists()
    assert not [path for path in (settings.FONDS_DATA / "library").rglob("*") if path.is_file()]


def test_a_user_without_the_right_is_refused(index, writer, capsys):
    with pytest.raises(CommandError, match="writer may not do this"):
        call_command("import_policies", str(DEMO), "--publish", "--user", "writer")
    with pytest.raises(CommandError, match="no account “nobody”"):
        call_command("import_policies", str(DEMO), "--user", "nobody")
    assert not PolicyPage.objects.exists()
    command(capsys, DEMO, "--user", "writer")
    assert set(PolicyPage.objects.values_list("owner__username", flat=True)) == {"writer"}


def test_a_missing_folder_is_named(home, tmp_path):
    with pytest.raises(CommandError, match="is not a folder"):
        call_command("import_policies", str(tmp_path / "none"))
