"""How far a request at the window has come, and what can become of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UseState(models.TextChoices):
    """A request's place in its day; ``TRANSITIONS`` says which change is possible."""

    WAITING = "waiting", pgettext_lazy("request at the window", "Waiting")
    CALLED = "called", pgettext_lazy("request at the window", "Called")
    OPEN = "open", pgettext_lazy("request at the window", "Being served")
    DONE = "done", pgettext_lazy("request at the window", "Handed over")
    LEFT = "left", pgettext_lazy("request at the window", "Left")


TRANSITIONS: dict[str, frozenset[str]] = {
    UseState.WAITING: frozenset({UseState.CALLED, UseState.OPEN, UseState.LEFT}),
    UseState.CALLED: frozenset({UseState.WAITING, UseState.OPEN, UseState.LEFT}),
    UseState.OPEN: frozenset({UseState.DONE, UseState.LEFT}),
    UseState.DONE: frozenset(),
    UseState.LEFT: frozenset(),
}


class ApprovalState(models.TextChoices):
    """What the duty manager said to a record that is not open."""

    WAITING = "waiting", pgettext_lazy("approval", "Waiting")
    GRANTED = "granted", pgettext_lazy("approval", "Granted")
    REFUSED = "refused", pgettext_lazy("approval", "Refused")


class PrintKind(models.TextChoices):
    """What was printed."""

    COPY = "copy", _("Copies")
    CERTIFIED = "certified", _("Certified copy")
