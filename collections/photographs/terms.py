"""The controlled list of tags: which word stands for which tag, and what lies below one."""

from collections.abc import Iterable

from fonds.archive_pages.folding import fold

from ..models import Term


def preferred(names: Iterable[str]) -> list[str]:
    """``names`` with the controlled tag in the place of each word it is used for, each once. One query."""
    names = list(names)
    if not names:
        return []
    instead = {fold(word): term.name for term in Term.objects.all() for word in (term.name, *term.words)}
    return list(dict.fromkeys(instead.get(fold(name), name) for name in names))


def with_narrower(names: Iterable[str]) -> list[str]:
    """``names`` and all controlled tags below them. One query."""
    below: dict[str, list[str]] = {}
    for name, above in Term.objects.exclude(broader=None).values_list("name", "broader__name"):
        below.setdefault(above, []).append(name)
    found: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting += below.get(name, [])
    return list(found)
