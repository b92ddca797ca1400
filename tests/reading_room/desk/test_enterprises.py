"""Enterprise dossiers: taken in from a list, found by what people say at the window."""

import pytest
from django.core.management import CommandError, call_command

from fonds.archive_pages.models import ArchivePage, FilePage
from fonds.archive_pages.standing import refresh_standing
from fonds.reading_room.enterprises.finding import find_enterprises, number_fault
from fonds.reading_room.enterprises.importing import import_enterprises
from fonds.reading_room.enterprises.models import Enterprise

pytestmark = pytest.mark.django_db
HEAD = "案卷档号,企业名称,曾用名,注册号,统一社会信用代码,法定代表人,成立日期,登记状态\r\n"
ROWS = (
    "J037-WS·2008·Y-0007,越州市恒丰商贸有限公司,越州市凯创商贸有限公司；越州凯创商店,380600600139503,91380600M148166337,龙英,19940610,存续\r\n"
    "J037-WS·2008·Y-0002,越州市美锦润信息咨询有限公司,,380600000013424,91380600M33146006E,王㛃,19920123,存续\r\n"
)


@pytest.fixture
def dossiers(tmp_path, series):
    path = tmp_path / "list.csv"
    path.write_bytes((HEAD + ROWS).encode("gb18030"))
    taken = import_enterprises(path, under=series)
    assert (taken.new, taken.faults) == (2, [])
    ArchivePage.objects.filter(path__startswith=series.path).update(opening_status="open")
    refresh_standing(series.path)
    return path


@pytest.mark.parametrize(
    ("query", "former"),
    [
        ("恒丰", ""),
        ("凯创", "越州市凯创商贸有限公司"),
        ("商贸 凯创", "越州市凯创商贸有限公司"),
        ("凯创商店", "越州凯创商店"),
        ("380600600139503", ""),
        ("３８０６００６００１３９５０３", ""),
        ("91380600m148166337", ""),
        ("龙英", ""),
    ],
)
def test_a_dossier_is_found_by_what_people_say(dossiers, clerk, query, former):
    (hit,) = find_enterprises(query, clerk)
    assert hit.enterprise.name == "越州市恒丰商贸有限公司"
    assert hit.former_name == former


def test_what_may_not_be_known_of_is_not_found(dossiers, clerk):
    ArchivePage.objects.filter(reference_code__contains="0007").update(catalogue_class=30000, content_class=30000)
    assert find_enterprises("恒丰", clerk) == find_enterprises("380600600139503", clerk) == []
    assert find_enterprises("", clerk) == find_enterprises("没有这家", clerk) == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("380600600139504", "注册号"),
        ("91380600M148166338", "信用代码"),
        ("380600600139503", ""),
        ("91380600M148166337", ""),
        ("恒丰", ""),
        ("2008", ""),
    ],
)
def test_a_wrong_check_digit_is_told(query, words):
    assert words in number_fault(query)
    assert bool(words) is bool(number_fault(query))


def test_the_list_again_changes_nothing_and_a_new_one_brings_up_to_date(dossiers, series):
    again = import_enterprises(dossiers)
    assert (again.new, again.known, Enterprise.objects.count()) == (0, 2, 2)
    dossier = FilePage.objects.get(reference_code="J037-WS·2008·Y-0007")
    assert dossier.scope == "曾用名：越州市凯创商贸有限公司；越州凯创商店"
    assert dossier.date_start.year == 1994


def test_a_faulty_list_is_refused_row_by_row_and_nothing_is_written(tmp_path, series, capsys):
    path = tmp_path / "faulty.csv"
    rows = "J037-WS·2008·Y-0001,甲公司,,380600600139504,91380600M148166338,,19921399,\nJ037-WS·2008·Y-0001,,,,,,,\n"
    path.write_text(HEAD + rows, encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("import_enterprises", path, under="J037-WS·2008")
    told = capsys.readouterr().err
    assert sorted(line.split("：")[0] for line in told.splitlines()) == sorted(
        ["第 2 行，成立日期", "第 2 行，注册号", "第 2 行，统一社会信用代码", "第 3 行，企业名称", "第 3 行，案卷档号"]
    )
    assert not Enterprise.objects.exists()
    assert not FilePage.objects.exists()
    path.write_text("编号,名称\n1,x\n", encoding="utf-8")
    with pytest.raises(CommandError, match="案卷档号"):
        call_command("import_enterprises", path)
