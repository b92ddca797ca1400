"""Template tags of permissions of use."""

from django import template

from ..classes import rank_of
from ..decisions import may
from ..enums import Rank, Right
from ..grants.notices import rights_in_words, unseen
from ..grants.use import Use
from ..roles import label_of

register = template.Library()
register.filter("rights_in_words", rights_in_words)
register.filter("group_label", label_of)


@register.filter
def rank_in_words(access_class: int) -> str:
    """The rank in an access class, in the reader's language."""
    return str(rank_of(access_class).label)


@register.filter
def rank_name(access_class: int) -> str:
    """The rank in an access class as a word for style sheets."""
    return rank_of(access_class).name.lower()


@register.filter
def rank_label(rank: int) -> str:
    """A rank in the reader's language."""
    return str(Rank(rank).label)


@register.simple_tag(takes_context=True)
def use_of(context, unit) -> Use:
    """What the reader may do with ``unit``."""
    request = context.get("request")
    return Use(getattr(request, "user", None), unit, request.get_full_path() if request else "")


@register.simple_tag(takes_context=True)
def may_know(context, unit) -> bool:
    """Whether the reader may know of ``unit``."""
    return may(getattr(context.get("request"), "user", None), Right.CATALOGUE, unit)


@register.simple_tag(takes_context=True)
def unseen_decisions(context) -> int:
    """How many decisions on his requests the reader has not seen; 0 for a visitor."""
    user = getattr(context.get("request"), "user", None)
    return unseen(user).count() if user is not None and user.is_authenticated else 0
