"""Template tags of the search page."""

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def filter_link(context, name: str, value: str) -> dict:
    """The address of this search with the filter ``name`` set to ``value`` (or taken off where it is that already),
    and whether it is in force."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    current = bool(value) and query.get(name) == value
    if value and not current:
        query[name] = value
    else:
        query.pop(name, None)
    return {"url": f"?{query.urlencode()}", "current": current}
