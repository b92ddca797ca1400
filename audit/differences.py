"""Before and after of an event, side by side."""

from dataclasses import dataclass

from .canonical import to_json


@dataclass(frozen=True)
class Change:
    """One field that was added, removed or changed, both values as text."""

    name: str
    before: str
    after: str


def changed_fields(before, after) -> list[Change]:
    """The fields of ``before`` and ``after`` that are not equal, by name."""
    before, after = _named(before), _named(after)
    return [
        Change(name, _text(before.get(name)), _text(after.get(name)))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def shown_fields(values) -> list[tuple[str, str]]:
    """Particulars as pairs of name and text."""
    return [(name, _text(value)) for name, value in sorted(_named(values).items())]


def _named(values) -> dict:
    return values if isinstance(values, dict) else {"value": values} if values else {}


def _text(value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "\n".join(value)
    return to_json(value)
