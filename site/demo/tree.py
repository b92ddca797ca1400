"""The demo's skeleton of pages: home page and the lists under it."""

from fonds.archive_pages.models import FondsIndexPage, FondsPage

from .. import frame
from ..models import HomePage

HISTORY = (
    "1984年越州市工商行政管理局成立，负责全市市场监督管理和企业登记工作；"
    "2014年与质量技术监督、食品药品监督管理机构合并，更名为越州市市场监督管理局。"
)
SCOPE = "文书、企业登记、照片、录音录像等门类的档案，起自1984年。本演示全宗的单位、人物和内容均为虚构。"


def make_frame() -> FondsIndexPage:
    """The home page with its lists, and no fonds yet; the site's root is the new home page."""
    return frame.make_frame(
        HomePage(
            title="越州市市场监督管理局档案室",
            slug="home",
            welcome="查找、阅览本局已开放的档案，观看专题展览，了解档案制度。",
            welcome_en="Find and read the open records of the bureau, see its exhibits and its archive policies.",
            visit="查档窗口：越州市鉴湖路18号一楼，工作日 8:30—11:30、13:30—17:00。请携带有效身份证件；单位查档另带介绍信。",
            visit_en=(
                "Query window: ground floor, 18 Jianhu Road, Yuezhou; working days 8:30–11:30 and 13:30–17:00. "
                "Bring an identity document, and a letter of introduction when you come for an organisation."
            ),
        ),
        host="127.0.0.1",
        port=80,
    )


def make_skeleton() -> FondsPage:
    """The frame, and the demo fonds J037 in it."""
    return make_frame().add_child(
        instance=FondsPage(
            title="越州市市场监督管理局",
            reference_code="J037",
            slug="j037",
            former_names="越州市工商行政管理局（1984—2014）",
            date_text="1984-2009",
            history=HISTORY,
            scope=SCOPE,
            opening_status="open",
        )
    )
