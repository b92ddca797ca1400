"""The text of a policy as a reader sees it: numbered parts with stable anchors (``#article-5``)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from .chinese_numerals import to_chinese

CHAPTER, SECTION, ARTICLE = "chapter", "section", "article"
_SIGN = {CHAPTER: "章", SECTION: "节", ARTICLE: "条"}
_ITEM_OPENINGS = ("（", "(")


@dataclass(frozen=True)
class Part:
    """One chapter, section or article. ``number`` counts articles through the whole policy, sections in a chapter."""

    kind: str
    number: int
    text: str
    chapter: int = 0

    @property
    def label(self) -> str:
        """``第五条``, ``第一章``, ``第二节``."""
        return f"第{to_chinese(self.number)}{_SIGN[self.kind]}"

    @property
    def anchor(self) -> str:
        """The fragment of the address; sections carry the chapter, since they are counted anew in each."""
        middle = f"{self.chapter}-" if self.kind == SECTION else ""
        return f"{self.kind}-{middle}{self.number}"

    @property
    def paragraphs(self) -> list[dict[str, object]]:
        """The paragraphs of an article, each with whether it is an item （一）."""
        lines = [line.strip() for line in self.text.splitlines()]
        return [{"text": line, "is_item": line.startswith(_ITEM_OPENINGS)} for line in lines if line]


@dataclass
class Chapter:
    """An entry of the contents: a heading (``None`` before the first chapter) and its articles."""

    heading: Part | None
    articles: list[Part] = field(default_factory=list)


def outline(blocks: Iterable[tuple[str, str]]) -> list[Part]:
    """Number ``(kind, text)`` pairs by their order."""
    counts = {CHAPTER: 0, SECTION: 0, ARTICLE: 0}
    parts = []
    for kind, text in blocks:
        counts[kind] += 1
        if kind == CHAPTER:
            counts[SECTION] = 0
        parts.append(Part(kind, counts[kind], text.strip(), counts[CHAPTER]))
    return parts


def contents(parts: list[Part]) -> list[Chapter]:
    """The chapters with the articles in them."""
    chapters: list[Chapter] = []
    for part in parts:
        if part.kind == CHAPTER:
            chapters.append(Chapter(part))
        elif part.kind == ARTICLE:
            if not chapters:
                chapters.append(Chapter(None))
            chapters[-1].articles.append(part)
    return chapters


def raw_pairs(raw: list[dict]) -> list[tuple[str, str]]:
    """``(kind, text)`` pairs of the stored form of a StreamField."""
    return [(block["type"], block["value"]) for block in raw]
