"""What is searched for in the measurements: questions of each kind, drawn from the data, the same in each run."""

from collections import Counter
from random import Random

from fonds.archive_pages.folding import fold
from fonds.archive_pages.models import ItemPage
from fonds.collections.models import PageScan

SAMPLE = 2_000
COMMON = (0.05, 0.10)  # share of the pages on which a common word stands


def questions() -> dict[str, list[str]]:
    """Questions by kind; a kind of which the archive has none is left out."""
    random = Random(1)
    items = ItemPage.objects.order_by("pk")
    codes = list(items.values_list("reference_code", flat=True)[:SAMPLE])
    numbers = list(items.exclude(document_number="").values_list("document_number", flat=True)[:SAMPLE])
    persons = list(items.exclude(persons="").values_list("persons", flat=True)[:SAMPLE])
    texts = _sample()
    random.shuffle(codes)
    random.shuffle(numbers)
    common = _common(texts)
    pieces = [text[at : at + 8] for text in texts if len(text) > 8 and (at := random.randrange(len(text) - 8)) >= 0]
    kinds = {
        "a name": [names.split("；")[0] for names in persons],
        "a piece of a page": pieces,
        "a document number": numbers,
        "a reference code": codes,
        "a common word": common,
        "two words": [f"{one} {two}" for one, two in zip(common, common[1:] + common[:1], strict=True)],
        "a word without another": [f"{piece[:4]} -{word}" for piece, word in zip(pieces, common * 9, strict=False)],
        "one character": list("王李张刘陈杨赵黄周吴"),
        "nothing found": [f"{a}{b}" for a in "亘鼋鼍饕" for b in "餮魑魅魍"],
    }
    return {kind: values for kind, values in kinds.items() if values}


def _sample() -> list[str]:
    """Texts of pages from all over the archive."""
    scans = PageScan.objects.exclude(text="").order_by("pk")
    first, last = (scans.order_by(order).values_list("pk", flat=True).first() for order in ("pk", "-pk"))
    if first is None:
        return []
    step = max(1, (last - first) // SAMPLE)
    texts = PageScan.objects.filter(pk__in=range(first, last + 1, step)).order_by("pk").values_list("text", flat=True)
    return [text for text in texts if text]


def _common(texts: list[str]) -> list[str]:
    """Words of two characters that stand on between 5 and 10 of 100 pages."""
    counts: Counter = Counter()
    for text in texts:
        folded = fold(text)
        counts.update({folded[place : place + 2] for place in range(len(folded) - 1)})
    low, high = (share * len(texts) for share in COMMON)
    words = [
        word for word, count in counts.items() if low <= count <= high and all("一" <= sign <= "鿿" for sign in word)
    ]
    Random(2).shuffle(words)
    return words[:40]
