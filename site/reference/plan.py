"""What stands where in the reference archive: series, and in each how many items or files.

The plan follows from the number of items, the size of the wide series and the seed alone. A unit's *number* is not its
place but the number its description and page texts are drawn from: the units of one file share an enterprise.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from .naming import UNITS_EACH, draw

FIRST_YEAR, LAST_YEAR = 1984, 2023
REFORM = 2007  # the year from which records are kept 永久, 30年 or 10年
OLD_PERIODS = ("Y", "长期", "短期")
PERIODS = ("Y", "D30", "D10")
ITEMS_A_SERIES = 25  # at least, so that a small archive has no hundreds of series with one item
WIDE_ITEMS = 20_000
WIDE_YEAR = 1999
MEAN_PAGES = 26.3  # 5,000,000 pages on 190,000 items
_PAGES, _SCANNED, _FILE = 11, 12, 13


@dataclass(frozen=True)
class Kind:
    """A category of records as the archive keeps it: ``share`` of all items, ``pages`` of an item on average (0: it
    has none), whether its items stand in files, whether by department."""

    fonds: str
    category: str
    name: str
    share: float
    pages: float
    in_files: bool = False
    by_department: bool = False
    variant: str = ""
    widths: tuple[int, int] = (4, 3)  # digits of the file's and the item's number

    @property
    def code(self) -> str:
        return f"{self.fonds}-{self.category}{self.variant}"


DEPARTMENTS = ("BGS", "RJC", "QZC", "SGC", "GJC", "XBC", "GTC", "SBC")
WIDE = Kind("J021", "ZY", "个体工商户登记卡", 0, 0.3, variant="·GT", widths=(4, 5))
KINDS = (
    Kind("J021", "WS", "文书档案", 0.30, 0.9, by_department=True),
    Kind("J021", "ZY", "企业登记档案", 0.30, 1.3, in_files=True),
    Kind("J021", "ZY", "行政处罚案件", 0.07, 1.2, in_files=True, variant="·CF"),
    Kind("J021", "KU", "会计档案", 0.04, 3.4),
    Kind("J021", "KJ", "科技档案", 0.02, 2.5, in_files=True),
    Kind("J021", "ZP", "照片档案", 0.05, 0.04, in_files=True, widths=(3, 3)),
    Kind("J021", "LY", "录音档案", 0.005, 0, widths=(4, 3)),
    Kind("J021", "LX", "录像档案", 0.005, 0, widths=(4, 3)),
    Kind("J021", "SW", "实物档案", 0.01, 0.04),
    Kind("Z109", "WS", "文书档案", 0.12, 0.9, by_department=True),
    Kind("Z109", "KJ", "科技档案", 0.03, 2.0, in_files=True),
    Kind("0194", "WS", "文书档案", 0.05, 0.9, by_department=True),
)
FONDS = {
    "J021": ("越州市工商行政管理局", "越州市工商管理局（1984—1990）\n越州市工商行政管理局（1990—2014）"),
    "Z109": ("越州市质量技术监督局", "越州市标准计量管理局（1984—1999）"),
    "0194": ("越州市食品药品监督管理局", ""),
}


@dataclass(frozen=True)
class SeriesPlan:
    """A series: its code, title and what its units have in common; ``parent`` is a code too."""

    code: str
    title: str
    parent: str
    category: str
    year: int | None = None
    retention: str = ""
    department: str = ""


@dataclass(frozen=True)
class UnitPlan:
    """An item, or a file with its items. ``number`` is what description and texts are drawn from."""

    code: str
    number: int
    place: int  # in its series or file, from 1
    children: tuple["UnitPlan", ...] = ()


@dataclass(frozen=True)
class Run:
    """The units of one lowest series: ``items`` of them, whose enterprises count from ``first``."""

    kind: Kind
    series: tuple[SeriesPlan, ...]  # from the category down
    items: int
    first: int
    seed: int

    @property
    def leaf(self) -> SeriesPlan:
        return self.series[-1]

    def units(self) -> Iterator[UnitPlan]:
        """The children of the series in order."""
        if self.kind.in_files:
            yield from self._files()
            return
        width = self.kind.widths[0] if self.kind is not WIDE else self.kind.widths[1]
        for place in range(1, self.items + 1):
            yield UnitPlan(f"{self.leaf.code}-{place:0{width}}", self.first * UNITS_EACH + place - 1, place)

    def _files(self) -> Iterator[UnitPlan]:
        width, item_width = self.kind.widths
        for place, (number, size) in enumerate(_files(self.seed, self.first, self.items), start=1):
            code = f"{self.leaf.code}-{place:0{width}}"
            items = (
                UnitPlan(f"{code}-{item:0{item_width}}", number * UNITS_EACH + item - 1, item)
                for item in range(1, size + 1)
            )
            yield UnitPlan(code, number * UNITS_EACH, place, tuple(items))

    @cached_property
    def enterprises(self) -> int:
        """How many enterprise numbers the run takes up."""
        if self.kind.in_files:
            return sum(1 for _file in _files(self.seed, self.first, self.items))
        return -(-self.items // UNITS_EACH)


def _files(seed: int, first: int, items: int) -> Iterator[tuple[int, int]]:
    """Enterprise number and size of each file until ``items`` are in one: 2 to 8 items, 5 on average."""
    number = first
    while items > 0:
        size = min(items, 2 + draw(seed, number, _FILE) % (UNITS_EACH - 1))
        yield number, size
        number, items = number + 1, items - size


def make_plan(items: int, wide: int, seed: int) -> list[Run]:
    """The runs of an archive of ``items`` items, ``wide`` of them in one series."""
    runs: list[Run] = []
    first = 1
    for kind, count in _counts(items - wide):
        for chain, size in _series(kind, count):
            runs.append(Run(kind, chain, size, first, seed))
            first += runs[-1].enterprises
    if wide:
        runs.append(Run(WIDE, _chain(WIDE, WIDE_YEAR, "Y", ""), wide, first, seed))
    return runs


def _counts(items: int) -> Iterator[tuple[Kind, int]]:
    """How many items each kind has, together exactly ``items``."""
    reached, before = 0.0, 0
    for kind in KINDS:
        reached += kind.share
        until = round(items * min(reached, 1))
        yield kind, until - before
        before = until


def _series(kind: Kind, items: int) -> Iterator[tuple[tuple[SeriesPlan, ...], int]]:
    """The lowest series of a kind, spread over years, periods and departments, and the items in each."""
    departments = DEPARTMENTS if kind.by_department else ("",)
    every = [
        (year, period, department)
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
        for period in (PERIODS if year >= REFORM else OLD_PERIODS)[: 3 if kind.by_department else 2]
        for department in departments
    ]
    count = max(1, min(len(every), items // ITEMS_A_SERIES))
    chosen = [every[place * len(every) // count] for place in range(count)]
    for place, (year, period, department) in enumerate(chosen):
        size = items * (place + 1) // count - items * place // count
        if size:
            yield _chain(kind, year, period, department), size


def _chain(kind: Kind, year: int, period: str, department: str) -> tuple[SeriesPlan, ...]:
    """Category, year, retention period and department, one below the other."""
    top = SeriesPlan(kind.code, kind.name, kind.fonds, kind.category)
    of_year = SeriesPlan(f"{top.code}·{year}", f"{year}年{kind.name}", top.code, kind.category, year)
    joint = "-" if kind.by_department else "·"
    of_period = SeriesPlan(
        f"{of_year.code}{joint}{period}", f"{year}年{kind.name}（{PERIOD_NAMES[period]}）", of_year.code,
        kind.category, year, period,
    )  # fmt: skip
    if not department:
        return top, of_year, of_period
    of_department = SeriesPlan(
        f"{of_period.code}-{department}", f"{year}年{kind.name}（{PERIOD_NAMES[period]}，{department}）", of_period.code,
        kind.category, year, period, department,
    )  # fmt: skip
    return top, of_year, of_period, of_department


PERIOD_NAMES = {"Y": "永久", "长期": "长期", "短期": "短期", "D30": "30年", "D10": "10年"}


# --- Pages ----------------------------------------------------------------------------------------------------------


def page_count(kind: Kind, seed: int, number: int, scale: float) -> int:
    """Pages of an item: many short, some long, the mean as the kind's; 0 for recordings."""
    if not kind.pages:
        return 0
    share = (draw(seed, number, _PAGES) & 0xFFFFFF) / 0x1000000
    return max(1, round(kind.pages * scale * MEAN_PAGES * 3 * share * share))


class PagePlan:
    """Which items are scanned: in an order drawn for each, until there are exactly ``pages`` page scans.

    A larger number of pages keeps what a smaller one scanned. ``scale`` lengthens all items where ``pages`` are more
    than there would be.
    """

    def __init__(self, runs: list[Run], pages: int, seed: int, *, may_scan) -> None:
        self.seed, self.may_scan = seed, may_scan
        self.scale = 1.0
        counts = self._counts(runs)
        total = sum(count for _order, count in counts)
        while 0 < total < pages:
            self.scale *= pages / total * 1.05
            counts = self._counts(runs)
            total = sum(count for _order, count in counts)
        self._last, self._part = self._cut(sorted(counts), pages)

    def _counts(self, runs: list[Run]) -> list[tuple[int, int]]:
        return [
            (self._order(item.number), self.described(run.kind, item.number))
            for run in runs
            for item in items_of(run)
            if self.may_scan(item.number)
        ]

    def _order(self, number: int) -> int:
        return draw(self.seed, number, _SCANNED)

    @staticmethod
    def _cut(ordered: list[tuple[int, int]], pages: int) -> tuple[int, int]:
        """The order of the last scanned item, and how many of its pages are scanned."""
        for order, count in ordered:
            if pages <= count:
                return order, pages
            pages -= count
        return ordered[-1] if ordered else (-1, 0)

    def described(self, kind: Kind, number: int) -> int:
        """The pages of an item as its entry says."""
        return page_count(kind, self.seed, number, self.scale)

    def scanned(self, kind: Kind, number: int) -> int:
        """How many of them have a page scan."""
        order = self._order(number)
        if order > self._last or not self.may_scan(number):
            return 0
        return self._part if order == self._last else self.described(kind, number)


def items_of(run: Run) -> Iterator[UnitPlan]:
    """The items of a run, in files or not."""
    for unit in run.units():
        yield from unit.children or (unit,)
