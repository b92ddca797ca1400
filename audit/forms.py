"""What the audit administrator types: the filter of the list of events, and the note on an alarm."""

import datetime as dt

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import names
from .models import Event

_ACCOUNTS = 50


class EventFilter(forms.Form):
    """Number, time span, person, unit, address, action, request. A faulty value filters nothing and is told beside its field."""

    number = forms.RegexField(
        r"^[0-9]{1,18}$", label=_("Number"), required=False, max_length=18, help_text=_("As it stands in a watermark."),
        error_messages={"invalid": _("The number of an event has digits only.")},
    )  # fmt: skip
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    person = forms.CharField(
        label=_("Person"), required=False, max_length=200, help_text=_("Account number, user name or part of the name.")
    )
    code = forms.CharField(
        label=_("Reference code"), required=False, max_length=200, help_text=_("With * at its end: all that begin so.")
    )
    address = forms.CharField(label=_("Address"), required=False, max_length=45)
    action = forms.ChoiceField(label=_("Action"), required=False)
    request = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [("", _("All")), *names.choices()]

    def apply(self) -> QuerySet[Event]:
        """The events that the valid fields ask for, newest first."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value}
        events = Event.objects.order_by("-at", "-id")
        for name, value in given.items():
            events = getattr(self, f"_by_{name}")(events, value)
        return events

    def _by_number(self, events: QuerySet, value: str) -> QuerySet:
        return events.filter(pk=int(value))

    def _by_since(self, events: QuerySet, value: dt.date) -> QuerySet:
        return events.filter(at__gte=_midnight(value))

    def _by_until(self, events: QuerySet, value: dt.date) -> QuerySet:
        return events.filter(at__lt=_midnight(value + dt.timedelta(days=1))) if value < dt.date.max else events

    def _by_person(self, events: QuerySet, value: str) -> QuerySet:
        if value.isascii() and value.isdigit() and len(value) < 19:
            return events.filter(actor_id=int(value))
        accounts = get_user_model().objects.annotate(whole=Concat("last_name", "first_name"))
        known = accounts.filter(Q(username__iexact=value) | Q(whole__icontains=value))
        numbers = list(known.values_list("pk", flat=True)[:_ACCOUNTS])
        return events.filter(actor_id__in=numbers) if numbers else events.filter(actor_name=value)

    def _by_code(self, events: QuerySet, value: str) -> QuerySet:
        if value.endswith("*"):
            return events.filter(object_code__startswith=value[:-1])
        return events.filter(object_code=value)

    def _by_address(self, events: QuerySet, value: str) -> QuerySet:
        return events.filter(address=value.strip())

    def _by_action(self, events: QuerySet, value: str) -> QuerySet:
        return events.filter(action=value)

    def _by_request(self, events: QuerySet, value: str) -> QuerySet:
        return events.filter(request_id=value)


class NoteForm(forms.Form):
    """What was found when somebody looked into an alarm."""

    note = forms.CharField(label=_("What was found"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


def _midnight(date: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(date, dt.time.min))
