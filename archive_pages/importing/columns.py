"""The columns of a catalogue list (DA/T 22-2015, DA/T 18-2022) and the headings under which they are met."""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..folding import fold


@dataclass(frozen=True)
class Column:
    """A column that lists bring. ``taken`` is false for those that are known but kept elsewhere."""

    key: str
    heading: str
    label: str | Promise
    aliases: tuple[str, ...] = ()
    required: bool = False
    obligatory: bool = False
    taken: bool = True


COLUMNS = (
    Column("sequence", "序号", _("sequence number"), ("编号", "顺序号", "no", "no."), taken=False),
    Column("reference_code", "档号", _("reference code"), ("案卷级档号", "件档号", "code"), True, True),
    Column("document_number", "文号", _("document number"), ("文件编号", "文件字号", "发文字号", "文件号")),
    Column("creator", "责任者", _("creator"), ("作者", "发文单位", "责任人", "发文机关"), True, True),
    Column("title", "题名", _("title"), ("文件题名", "标题", "文件标题", "正题名"), True, True),
    Column("date_text", "日期", _("date"), ("成文日期", "文件日期", "形成日期", "形成时间", "时间"), True, True),
    Column("secrecy", "密级", _("secrecy mark"), ("保密等级", "密级与保密期限", "secrecy")),
    Column("page_count", "页数", _("pages"), ("页", "页次", "张数", "page count")),
    Column("note", "备注", _("note"), ("附注", "说明", "remarks")),
    Column("fonds", "全宗号", _("fonds"), ("全宗", "全宗代码")),
    Column("category", "门类", _("category"), ("门类代码", "档案门类", "类别")),
    Column("year", "年度", _("year"), ("归档年度", "所属年度")),
    Column("retention", "保管期限", _("retention period"), ("期限", "保管期限代码", "retention")),
    Column("department", "机构", _("department"), ("机构(问题)", "机构或问题", "归档部门", "部门", "问题")),
    Column("file_code", "案卷档号", _("file code"), ("案卷号", "组号"), taken=False),
    Column("number", "件号", _("number"), ("室编件号", "馆编件号"), taken=False),
    Column("opening_status", "开放标识", _("opening status"), ("开放状态", "开放情况", "是否开放")),
    Column("carrier", "载体形态", _("carrier"), ("载体", "载体类型")),
    Column("subjects", "主题词", _("subject words"), ("关键词", "subjects")),
    Column("persons", "人名", _("persons"), ("人物", "姓名")),
    Column("disclosure", "公开属性", _("disclosure"), ("公开方式",)),
    Column("origin", "生成方式", _("origin")),
    Column("see_also", "参见号", _("related records"), ("参见", "参见档号")),
    Column("file_names", "文件名", _("file name"), ("电子文件名", "电子文件"), taken=False),
    Column("bytes", "字节数", _("bytes"), ("文件大小", "大小", "文件大小(字节)"), taken=False),
    Column("attachments", "附件", _("attachments"), taken=False),
)
BY_KEY = {column.key: column for column in COLUMNS}
REQUIRED = tuple(column for column in COLUMNS if column.required)


def _plain(text: str) -> str:
    return re.sub(r"[\s:*]+", "", fold(text))


_BY_NAME = {_plain(name): column for column in COLUMNS for name in (column.heading, column.key, *column.aliases)} | {
    _plain(name): BY_KEY[key]
    for key, name in (
        ("creator", "responsible party"),
        ("document_number", "document number"),
        ("reference_code", "reference code"),
        ("date_text", "date"),
        ("page_count", "pages"),
        ("opening_status", "opening status"),
        ("note", "notes"),
    )
}


def column_of(heading: str) -> Column | None:
    """The column meant by ``heading``, in any width, bracket and spacing; ``None`` for an unknown one."""
    return _BY_NAME.get(_plain(heading)) if heading else None
