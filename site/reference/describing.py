"""The descriptions of the reference archive: what the entry of a series, file or item says."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from fonds.access.enums import OpeningStatus, Rank
from fonds.access.models import Department
from fonds.archive_pages.models import Category, FilePage, ItemPage, RetentionPeriod, SeriesPage

from . import words
from .naming import UNITS_EACH, dice, draw, enterprise, person
from .plan import WIDE, Kind, Run, SeriesPlan, UnitPlan

AGENCIES = {
    "J021": ("越州市工商行政管理局", "越工商"),
    "Z109": ("越州市质量技术监督局", "越质监"),
    "0194": ("越州市食品药品监督管理局", "越食药监"),
}
DIVISIONS = {
    "BGS": "办公室", "RJC": "人事教育处", "QZC": "企业注册处", "SGC": "市场规范管理处", "GJC": "公平交易处",
    "XBC": "消费者权益保护处", "GTC": "个体私营经济监督管理处", "SBC": "商标广告监督管理处",
}  # fmt: skip
CLOSED_DEPARTMENT = "RJC"
_ENTRY, _STATUS, _SECRECY, _RANK = 21, 22, 23, 24
_SECRET_IN = 2000  # one item in so many is marked 机密


@dataclass(frozen=True)
class Tables:
    """The rows that descriptions refer to, by code."""

    categories: dict[str, Category]
    periods: dict[str, RetentionPeriod]
    departments: dict[str, Department]

    @classmethod
    def read(cls) -> "Tables":
        """As they stand in the database."""
        rows = (Category, RetentionPeriod, Department)
        return cls(*({row.code: row for row in model.objects.all()} for model in rows))

    def common(self, series: SeriesPlan) -> dict:
        """The fields that a series gives to everything in it."""
        return {
            "category": self.categories[series.category],
            "year": series.year,
            "retention": self.periods.get(series.retention),
            "department": self.departments.get(series.department),
        }


def may_scan(seed: int, number: int) -> bool:
    """Whether the pages of an item may be kept: not where it is marked 机密."""
    return draw(seed, number, _SECRECY) % _SECRET_IN != 0


def secrecy_of(seed: int, number: int) -> str:
    """The secrecy mark of an item; empty for most."""
    chance = draw(seed, number, _SECRECY) % _SECRET_IN
    if chance == 0:
        return "机密★20年"
    return "秘密★10年" if chance < 8 else "内部" if chance < 40 else ""


def opening_of(seed: int, number: int) -> str:
    """The opening status, one for all units that share an enterprise: 45 of 100 open, before what a series closes."""
    chance = draw(seed, number // UNITS_EACH, _STATUS) % 100
    if chance < 45:
        return OpeningStatus.OPEN
    if chance < 70:
        return OpeningStatus.UNREVIEWED
    return OpeningStatus.CONTROLLED if chance < 92 else OpeningStatus.DELAYED


def ranks_of(seed: int, number: int) -> dict:
    """The own access ranks of an item and its last closed day: public for most, a few of every rank."""
    chance = draw(seed, number, _RANK) % 1000
    catalogue, content = next(ranks for until, ranks in _RANKS if chance < until)
    day = date(_CLOSED_YEARS[number % len(_CLOSED_YEARS)], 12, 31) if chance >= 980 else None
    return {"catalogue_rank": catalogue, "content_rank": content, "closed_until": day}


# Entry and pages, up to this share of a thousand.
_RANKS = (
    (40, (Rank.PUBLIC, Rank.READER)),
    (70, (Rank.PUBLIC, Rank.STAFF)),
    (90, (Rank.READER, Rank.READER)),
    (110, (Rank.STAFF, Rank.DEPARTMENT)),
    (120, (Rank.DEPARTMENT, Rank.DEPARTMENT)),
    (130, (Rank.STAFF, Rank.RESTRICTED)),
    (135, (Rank.RESTRICTED, Rank.RESTRICTED)),
    (137, (Rank.RESTRICTED, Rank.SEALED)),
    (138, (Rank.SEALED, Rank.SEALED)),
    (1000, (Rank.PUBLIC, Rank.PUBLIC)),
)
_CLOSED_YEARS = (2015, 2030, 2040, 2060)  # of the last closed day; the first has passed


def series_page(series: SeriesPlan, tables: Tables) -> SeriesPage:
    """The page of a series. Those of the personnel division are closed as a whole."""
    closed = series.department == CLOSED_DEPARTMENT
    title = (
        series.title.replace(f"，{series.department}）", f"，{DIVISIONS[series.department]}）")
        if series.department
        else series.title
    )
    return SeriesPage(
        title=title,
        reference_code=series.code,
        opening_status=OpeningStatus.CONTROLLED if closed else OpeningStatus.OPEN,
        **tables.common(series),
    )


def file_page(run: Run, unit: UnitPlan, tables: Tables, seed: int) -> FilePage:
    """The page of a file; an enterprise's dossier carries its former name, numbers and address."""
    random = dice(seed, unit.number, _ENTRY - 1)
    year = run.leaf.year
    values = _FILES[run.kind.category + run.kind.variant](random, seed, unit, year)
    return FilePage(
        reference_code=unit.code,
        creator=values.pop("creator", AGENCIES[run.kind.fonds][0]),
        date_text=str(year),
        item_count=len(unit.children),
        opening_status=opening_of(seed, unit.number),
        filed_by=person(random),
        checked_by=person(random),
        filed_on=date(min(year + 1, 2023), 3, 1) + timedelta(days=random.randrange(90)),
        **values,
        **tables.common(run.leaf),
    )


def item_page(run: Run, unit: UnitPlan, tables: Tables, seed: int, pages: int) -> ItemPage:
    """The page of an item with ``pages`` pages."""
    random = dice(seed, unit.number, _ENTRY)
    values = _ITEMS[_entry_kind(run.kind)](random, seed, unit, run)
    day = date(run.leaf.year, 1, 1) + timedelta(days=random.randrange(365))
    written = f"{day:%Y%m%d}"
    return ItemPage(
        reference_code=unit.code,
        date_text=f"[{written}]" if random.random() < 0.01 else written,
        page_count=pages or None,
        secrecy=secrecy_of(seed, unit.number),
        opening_status=opening_of(seed, unit.number),
        **ranks_of(seed, unit.number),
        carrier=values.pop("carrier", random.choice(words.CARRIERS[:3])),
        origin="digitised",
        creator=values.pop("creator", AGENCIES[run.kind.fonds][0]),
        **values,
        **tables.common(run.leaf),
    )


def _entry_kind(kind: Kind) -> str:
    return kind.category + kind.variant


# --- Files ----------------------------------------------------------------------------------------------------------


def _dossier(random: Random, seed: int, unit: UnitPlan, year: int) -> dict:
    known = enterprise(seed, unit.number // UNITS_EACH)
    former = f"（原{known.former_name}）" if known.former_name else ""
    return {
        "title": f"{known.name}{former}登记档案",
        "scope": f"注册号 {known.registration_number}；统一社会信用代码 {known.credit_code}；法定代表人 {known.representative}；"
        f"注册资本 {known.capital}万元；住所 {known.address}。",
        "note": f"曾用名：{known.former_name}" if former else "",
    }


def _case_file(random: Random, seed: int, unit: UnitPlan, year: int) -> dict:
    known = enterprise(seed, unit.number // UNITS_EACH)
    return {
        "title": f"{known.name}{random.choice(words.VIOLATIONS)}案",
        "document_number": f"越工商处字〔{year}〕{unit.place}号",
        "scope": f"当事人 {known.name}，法定代表人 {known.representative}，住所 {known.address}。",
    }


def _project_file(random: Random, seed: int, unit: UnitPlan, year: int) -> dict:
    builder = enterprise(seed, unit.number // UNITS_EACH)
    return {
        "title": f"{random.choice(words.DISTRICTS)}{random.choice(words.PROJECTS)}（{year}年）",
        "creator": builder.name,
        "scope": f"承建单位 {builder.name}；合同金额 {random.randrange(20, 3000)}万元。",
    }


def _photo_group(random: Random, seed: int, unit: UnitPlan, year: int) -> dict:
    return {"title": f"{year}年{random.choice(words.DISTRICTS)}{random.choice(words.EVENTS)}"}


_FILES = {"ZY": _dossier, "ZY·CF": _case_file, "KJ": _project_file, "ZP": _photo_group}


# --- Items ----------------------------------------------------------------------------------------------------------


def _document(random: Random, seed: int, unit: UnitPlan, run: Run) -> dict:
    name, short = AGENCIES[run.kind.fonds]
    year, genre = run.leaf.year, random.choice(words.GENRES)
    matter = random.choice(words.DECREES).format(random.choice(words.AREAS) + random.choice(words.ACTIONS))
    creator = name if random.random() < 0.8 else f"{random.choice(words.DISTRICTS)}{name[3:]}"
    named = random.random()
    if named < 0.12:
        matter = f"{matter.rstrip('工作')}中{enterprise(seed, unit.number // UNITS_EACH).name}有关问题"
    brackets = random.choice(("〔{}〕", "〔{}〕", "〔{}〕", "[{}]", "（{}）"))
    return {
        "title": f"{creator}关于{matter}的{genre}",
        "document_number": f"{short}{brackets.format(year)}{random.randrange(1, 500)}号" if named < 0.85 else "",
        "creator": creator,
        "subjects": "；".join(sorted(set(random.choices(words.SUBJECTS, k=2)))),
        "persons": "；".join(person(random) for _one in range(2)) if named > 0.7 else "",
        "disclosure": random.choice(("proactive", "on_request", "none")),
    }


def _registration(random: Random, seed: int, unit: UnitPlan, run: Run) -> dict:
    known = enterprise(seed, unit.number // UNITS_EACH)
    step = (unit.place - 1) * 2 + random.randrange(2)
    return {
        "title": f"{known.name}{words.REGISTRATION[step % len(words.REGISTRATION)]}",
        "creator": known.former_name if known.former_name and unit.place < 4 else known.name,
        "persons": known.representative,
        "subjects": "企业登记",
    }


def _case_paper(random: Random, seed: int, unit: UnitPlan, run: Run) -> dict:
    known = enterprise(seed, unit.number // UNITS_EACH)
    paper = words.CASE_PAPERS[(unit.place - 1) % len(words.CASE_PAPERS)]
    return {
        "title": f"{known.name}一案{paper}",
        "persons": f"{known.representative}；{person(random)}",
        "subjects": "行政处罚",
    }


def _project_paper(random: Random, seed: int, unit: UnitPlan, run: Run) -> dict:
    paper = words.PROJECT_PAPERS[(unit.place - 1) % len(words.PROJECT_PAPERS)]
    return {"title": f"{enterprise(seed, unit.number // UNITS_EACH).name}：{paper}", "subjects": "工程"}


def _account(random: Random, seed: int, unit: UnitPlan, run: Run) -> dict:
    month = random.randrange(1, 13)
    return {
        "title": f"{run.leaf.year}年{month}月{random.choice(words.ACCOUNTS)}（第{unit.place}册）",
        "subjects": "财务",
    }


def _photo(random: Random, seed: int, unit: UnitPlan, run: Run) -> dict:
    people = [person(random), person(random)]
    return {
        "title": f"{people[0]}在{random.choice(words.TOWNS)}{random.choice(words.EVENTS)}现场（{unit.place}）",
        "persons": "；".join(people),
        "carrier": "照片",
    }


def _recording(random: Random, seed: int, unit: UnitPlan, run: Run) -> dict:
    return {
        "title": f"{run.leaf.year}年{random.choice(words.EVENTS)}{'录音' if run.kind.category == 'LY' else '录像'}",
        "persons": person(random),
        "carrier": "磁带" if run.leaf.year < 2005 else "光盘",
    }


def _thing(random: Random, seed: int, unit: UnitPlan, run: Run) -> dict:
    return {"title": f"{random.choice(words.EVENTS)}{random.choice(words.OBJECTS)}", "carrier": "实物"}


def _card(random: Random, seed: int, unit: UnitPlan, run: Run) -> dict:
    keeper, town = person(random), random.choice(words.TOWNS)
    goods = random.choice(words.CARD_GOODS)
    return {
        "title": f"{town[:-1]}{keeper}{goods}店个体工商户登记卡",
        "document_number": f"越个字第{unit.place:05}号",
        "creator": f"{town[:-1]}工商所",
        "persons": keeper,
    }


_ITEMS = {
    "WS": _document,
    "ZY": _registration,
    "ZY·CF": _case_paper,
    "KJ": _project_paper,
    "KU": _account,
    "ZP": _photo,
    "LY": _recording,
    "LX": _recording,
    "SW": _thing,
    WIDE.category + WIDE.variant: _card,
}
