"""The demo's curated collections and exhibits."""

import json

from fonds.archive_pages.models import ItemPage
from fonds.collections.models import ArchiveImage, CollectionIndexPage, CollectionPage, ExhibitIndexPage, ExhibitPage


def photo(number: str) -> ArchiveImage:
    """The photograph with a photo number."""
    return ArchiveImage.objects.get(photo_number=number)


def picture(number: str, caption: str = "") -> dict:
    """The value of a picture block; what is seen on it is told by the list of photographs."""
    image = photo(number)
    return {"image": image.pk, "alt_text": (image.description or image.title)[:250], "caption": caption}


def panels(*blocks: tuple[str, object]) -> str:
    """The stored form of an exhibit's panels, from pairs of block type and value."""
    return json.dumps([{"type": kind, "value": value} for kind, value in blocks])


def records(words: str, most: int = 6) -> list[int]:
    """Open documents with ``words`` in their title, those with scans first."""
    found = ItemPage.objects.filter(title__contains=words, content_class=0, category__code="WS")
    return list(found.order_by("-scan_count", "sort_key").values_list("pk", flat=True)[:most])


def make_collections() -> list[CollectionPage]:
    """Three collections, still to be released: a group, a rule by tags of all years, one chosen by hand."""
    index = CollectionIndexPage.objects.get()
    orchard = CollectionPage(
        title="水果批发市场食品质量检查（2000）",
        title_en="Inspecting the fruit market, 2000",
        slug="fruit-market-2000",
        introduction="端午节前对水果、饮料经营户的质量检查和抽样。",
        introduction_en="Quality checks and samples at the wholesale fruit market before the Dragon Boat Festival.",
        cover=photo("J037-ZP·2000·D30-001-001"),
        rule_group=photo("J037-ZP·2000·D30-001-001").unit.get_parent().specific,
        live=False,
    )
    market = CollectionPage(
        title="市场监管二十年",
        title_en="Two decades of market supervision",
        slug="market-supervision",
        introduction="1998年至2009年的市场检查、登记和宣传照片。",
        introduction_en="Inspections, registration and public information in photographs, 1998–2009.",
        cover=photo("J037-ZP·2008·D30-001-001"),
        rule_from="1998-01-01",
        rule_until="2009-12-31",
        live=False,
    )
    objects = CollectionPage(
        title="登记档案实物",
        title_en="Registers and seals",
        slug="registers-and-seals",
        introduction="登记册、执照式样、印章和档案盒。",
        introduction_en="Registers, licence specimens, seals and archive boxes.",
        cover=photo("J037-ZP·2006·D30-001-002"),
        live=False,
    )
    for page in (orchard, market, objects):
        index.add_child(instance=page)
    for place, image in enumerate(
        ArchiveImage.objects.filter(photo_number__startswith="J037-ZP·2006").order_by("photo_number")
    ):
        objects.chosen_photos.create(image=image, sort_order=place)
    return [orchard, market, objects]


def make_exhibits(editor) -> list[ExhibitPage]:
    """Three exhibits of ``editor``, still to be submitted; the last is the one that waits."""
    index = ExhibitIndexPage.objects.get()
    pages = [_lake(editor), _trust(editor), _honey(editor)]
    for page in pages:
        index.add_child(instance=page)
    return pages


_POINTS = [
    {"across": "30", "down": "62", "label": "入口", "text": "检查组在这里与景区管理处会合。"},
    {"across": "68", "down": "40", "label": "湖面", "text": "游船编号由此开始逐一核对。"},
]
_RETENTION = [("永久", "Y"), ("定期30年", "D30"), ("定期10年", "D10")]


def _moment(date: str, heading: str, text: str, number: str = "") -> dict:
    shown = picture(number) if number else {"image": None, "alt_text": "", "caption": ""}
    return {"date": date, "heading": heading, "text": text, "picture": shown, "record": None}


def _lake(editor) -> ExhibitPage:
    group = "J037-ZP·1998·Y-001"
    return ExhibitPage(
        title="鉴湖湾：一次旅游市场整治",
        title_en="Jianhu Bay: putting a tourist market in order",
        slug="jianhu-bay",
        introduction="1998年国庆前夕，市工商局会同旅游、物价部门走进鉴湖湾景区。",
        introduction_en="On the eve of the National Day of 1998 the bureau went to Jianhu Bay.",
        cover=photo(f"{group}-001"),
        owner=editor,
        live=False,
        body=panels(
            (
                "story",
                "<h2>国庆前夕</h2><p>黄金旅游季到来之前，检查组核对游船和旅游商品经营户的营业执照，督促明码标价。</p>",
            ),
            ("pointed_picture", {**picture(f"{group}-001", "检查组由此入园。"), "points": _POINTS}),
            (
                "before_after",
                {
                    "heading": "旧照修复",
                    "before": picture(f"{group}-005", "修复前"),
                    "after": picture(f"{group}-006", "修复后"),
                },
            ),
            ("gallery", {"heading": "湖与楼阁", "pictures": [picture(f"{group}-00{n}") for n in (2, 3, 4, 7)]}),
            (
                "timeline",
                {
                    "heading": "整治始末",
                    "moments": [
                        _moment("1998-09", "进驻景区", "逐船核对游船编号和营业执照。", f"{group}-002"),
                        _moment("1998-10", "国庆黄金周", "码头秩序井然，游客投诉下降。"),
                        _moment("2008", "十年之后", "整治之后建立的巡查制度写进了历年文件，至今可以在档案中查到。"),
                    ],
                },
            ),
            ("records", {"heading": "相关档案", "units": records("市场")}),
        ),
        closing="策展：档案室。照片来源见各照片页。",
    )


def _trust(editor) -> ExhibitPage:
    year = "J037-ZP·2009·D30-001"
    source = (
        ItemPage.objects.filter(content_class=0, scan_count__gt=0, category__code="WS").order_by("sort_key").first()
    )
    return ExhibitPage(
        title="公平交易：档案里的2008年",
        title_en="Fair trade: the year 2008 in the records",
        slug="fair-trade-2008",
        introduction="一年的文件、照片和宣传画，讲述市场监管的日常。",
        introduction_en="A year of documents, photographs and posters about everyday market supervision.",
        cover=photo(f"{year}-005"),
        owner=editor,
        live=False,
        body=panels(
            ("picture", picture(f"{year}-005", "市场监管成果展的宣传画。")),
            (
                "story",
                "<h2>一年六百件</h2><p>2008年归档文件六百余件，分永久、三十年、十年三种保管期限，其中四十件已经数字化，可以在线阅览。</p>",
            ),
            (
                "quotation",
                {
                    "text": "督促市场开办者落实第一责任人责任，与经营户签订商品质量承诺书。",
                    "attribution": "2008年专项执法行动的通知",
                    "source": source.pk,
                    "page": 1,
                },
            ),
            (
                "figures",
                {
                    "heading": "2008年归档文件",
                    "unit_of_measure": "件",
                    "figures": [
                        {
                            "label": name,
                            "number": str(ItemPage.objects.filter(reference_code__contains=f"2008-{key}-").count()),
                        }
                        for name, key in _RETENTION
                    ],
                    "origin": "归档文件目录",
                },
            ),
            (
                "gallery",
                {"heading": "展板与宣传画", "pictures": [picture(f"{year}-00{n}") for n in (1, 2, 3, 4, 6, 7)]},
            ),
            (
                "gallery",
                {
                    "heading": "建材市场专项检查",
                    "pictures": [picture(f"J037-ZP·2008·D30-001-00{n}") for n in (1, 2, 3, 5, 7, 9)],
                },
            ),
            ("records", {"heading": "这些文件可以查阅", "units": records("专项")}),
        ),
        closing="策展：档案室。",
    )


def _honey(editor) -> ExhibitPage:
    group = "J037-ZP·2005·D10-001"
    return ExhibitPage(
        title="甜蜜的合作：蜂农合作社的故事",
        title_en="Honey together: the story of a cooperative",
        slug="honey-cooperative",
        introduction="2005年，金竹镇的蜂农在工商所指导下成立合作社。",
        introduction_en="In 2005 the beekeepers of Jinzhu founded a cooperative.",
        cover=photo(f"{group}-001"),
        owner=editor,
        live=False,
        body=panels(
            ("picture", picture(f"{group}-001", "合作社的蜜源地。")),
            ("story", "<h2>从分散到合作</h2><p>成立合作社以后，蜂蜜有了统一的标签和质量标准。</p>"),
            ("gallery", {"heading": "蜜源与产品", "pictures": [picture(f"{group}-00{n}") for n in (2, 3, 5, 8)]}),
        ),
        closing="待审展览。",
    )
