"""How the signing keys stand: what is told to managers and administrators before something cannot be issued."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import ngettext

from .faults import SigningFault
from .key_settings import KeySetting
from .keys import WARNED_BEFORE, OpenKey, opened
from .signers import ready_signer


@dataclass(frozen=True)
class KeyState:
    """One key. ``fault`` is a sentence where nothing can be signed with it, ``warning`` where that comes soon."""

    name: str
    holder: str = ""
    ends_at: dt.datetime | None = None
    is_specimen: bool = False
    warning: str = ""
    fault: str = ""


def key_states(*, try_services: bool = False) -> list[KeyState]:
    """All keys of the settings; with ``try_services`` each is made ready in earnest, time-stamp service included."""
    return [_state(setting, try_services) for setting in settings.FONDS_SIGNING_KEYS.values()]


def _state(setting: KeySetting, try_services: bool) -> KeyState:
    try:
        with opened(setting) as key:
            state = KeyState(
                setting.name,
                key.certificate.subject.human_friendly,
                timezone.localtime(key.ends_at),
                key.is_specimen,
                _warning(setting, key),
            )
        if try_services:
            with ready_signer(setting.name):
                pass
    except SigningFault as error:
        return KeyState(setting.name, fault=str(error))
    return state


def _warning(setting: KeySetting, key: OpenKey) -> str:
    left = key.ends_at - timezone.now()
    if left > WARNED_BEFORE:
        return ""
    days = max(left.days, 0)
    return ngettext(
        "The certificate of the signing key “%(name)s” expires in %(days)s day, on %(day)s.",
        "The certificate of the signing key “%(name)s” expires in %(days)s days, on %(day)s.",
        days,
    ) % {"name": setting.name, "days": days, "day": date_format(timezone.localtime(key.ends_at), "Y-m-d")}
