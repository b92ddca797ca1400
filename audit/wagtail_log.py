"""Every entry of Wagtail's log becomes an event, written with it in the same transaction.

All actions of the rooms and of Wagtail's own admin leave such an entry. Before and after come from the entry's data where
they stand there (``old``/``new``, ``source``/``destination``), else from the two last revisions of the page.
"""

from django.db.models.signals import post_save

from .events import build

_PAIRS = (("old", "new"), ("before", "after"), ("source", "destination"))
_EDITS = {"wagtail.edit", "wagtail.create"}
_LONGEST = 2000  # characters of one value in before and after
#: Bookkeeping of the page tree and of drafts; it changes by itself.
_BOOKKEEPING = {
    "pk", "path", "depth", "numchild", "translation_key", "locale", "url_path", "draft_title", "live_revision",
    "latest_revision", "latest_revision_created_at", "first_published_at", "last_published_at", "has_unpublished_changes",
    "content_type", "owner", "locked_at", "search_text", "sort_key", "wagtail_admin_comments", "comments",
}  # fmt: skip


def connect() -> None:
    """Listen to both logs of Wagtail."""
    from wagtail.models import ModelLogEntry, PageLogEntry

    for model in (PageLogEntry, ModelLogEntry):
        post_save.connect(take_over, sender=model, dispatch_uid=f"fonds.audit.{model.__name__}")


def take_over(sender, instance, created: bool, raw: bool = False, **kwargs) -> None:
    """Write the event of one entry."""
    if raw or not created:
        return
    page = getattr(instance, "page", None)
    before, after, rest = split(instance.data)
    if not before and not after and instance.revision_id and instance.action in _EDITS:
        before, after = difference(instance.revision)
    event = build(
        instance.action, unit=page, subject=instance.label, before=before, after=after, detail=rest, user=instance.user
    )
    kind = instance.content_type
    event.object_type = f"{kind.app_label}.{kind.model}" if kind else ""
    event.object_id = str(instance.object_id if page is None else page.pk)[:64]
    event.save()


def split(data: dict) -> tuple[dict, dict, dict]:
    """``data`` of an entry as before, after and the rest."""
    before, after, rest = {}, {}, {}
    for old, new in _PAIRS:
        if old in data and new in data:
            before["value"], after["value"] = data[old], data[new]
            data = {name: value for name, value in data.items() if name not in (old, new)}
    for name, value in data.items():
        pair = next((pair for pair in _PAIRS if isinstance(value, dict) and set(pair) <= set(value)), None)
        if pair:
            before[name], after[name] = value[pair[0]], value[pair[1]]
        else:
            rest[name] = value
    return before, after, rest


def difference(revision) -> tuple[dict, dict]:
    """The fields in which ``revision`` differs from the one before it: their values there, and now."""
    earlier = (
        type(revision)
        .objects.filter(
            base_content_type_id=revision.base_content_type_id, object_id=revision.object_id, pk__lt=revision.pk
        )
        .order_by("-pk")
        .first()
    )
    old, new = (earlier.content if earlier else {}), revision.content
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)} - _BOOKKEEPING
    if not earlier:
        changed = {name for name in changed if new.get(name) not in (None, "", [], False)}
    return (
        {name: _short(old.get(name)) for name in changed} if earlier else {},
        {name: _short(new.get(name)) for name in changed},
    )


def _short(value):
    return f"{value[:_LONGEST]}…" if isinstance(value, str) and len(value) > _LONGEST else value
