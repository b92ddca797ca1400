"""Who may know of what, written down by hand: the matrix test compares the site with this and asks no decision of it.

Every thing of the data set bears marks of its own in its texts: ``zqe<n>x`` stands in its entry (title, code), ``zqc<n>x``
in what is in it (page text, names of files, words of a photograph). A mark in an answer tells what was shown.
"""

import re

STATES = [
    "public", "reader", "staff", "dept_own", "dept_other", "restricted", "sealed", "unreviewed", "draft",
    "closed_until", "granted", "expired", "pages_other",
]  # fmt: skip
NUMBER = {state: number for number, state in enumerate(STATES, 1)}
DOCUMENTS = {"document_open": 50, "document_unreviewed": 51}
PHOTOS = {"photo_closed": 60}
DRAFT_TITLE = 70  # the changed title of the public unit that is not published yet
NUMBERED = {**NUMBER, **DOCUMENTS, **PHOTOS, "draft_title": DRAFT_TITLE}
ASKERS = {"granted": "reader", "dept_own": "officer_own", "dept_other": "officer_other", "sealed": "reader"}
STATE_OF = {number: state for state, number in NUMBERED.items()}

ROLES = [
    "anonymous", "reader", "officer_own", "officer_other", "records_officer", "policy", "editor", "clerk", "manager",
    "system", "security", "audit",
]  # fmt: skip

_OPEN = {"public", "pages_other"}
_OFFICE = _OPEN | {"reader", "staff", "unreviewed", "closed_until"}
_ALL_BUT_SEALED = set(STATES) - {"sealed"}

ENTRIES = {
    "anonymous": _OPEN,
    "reader": _OPEN | {"reader", "granted"},
    "officer_own": _OFFICE | {"dept_own"},
    "officer_other": _OFFICE | {"dept_other"},
    "records_officer": _OFFICE | {"dept_own"},
    "policy": _OFFICE,
    "editor": _ALL_BUT_SEALED,
    "clerk": _ALL_BUT_SEALED,
    "manager": set(STATES),
    "system": _OPEN,
    "security": _ALL_BUT_SEALED,
    "audit": _OPEN,
}
_OFFICE_PAGES = {"public", "reader", "staff"}
PAGES = {
    "anonymous": {"public"},
    "reader": {"public", "reader", "granted"},
    "officer_own": _OFFICE_PAGES | {"dept_own"},
    "officer_other": _OFFICE_PAGES | {"dept_other", "pages_other"},
    "records_officer": _OFFICE_PAGES | {"dept_own"},
    "policy": _OFFICE_PAGES,
    "editor": _ALL_BUT_SEALED | {"photo_closed"},
    "clerk": _ALL_BUT_SEALED - {"restricted", "granted", "expired", "draft"} | {"photo_closed"},
    "manager": _ALL_BUT_SEALED | {"photo_closed"},
    "system": {"public"},
    "security": {"public"},
    "audit": {"public"},
}
_STAFF = {"officer_own", "officer_other", "records_officer", "policy", "editor", "clerk", "manager"}
_WRITERS = {"editor", "manager"}
_MARK = re.compile(rb"zq([ec])(\d+)x", re.IGNORECASE)


def sees_entry(role: str, state: str) -> bool:
    """Whether a person of ``role`` may know of the thing."""
    if state in DOCUMENTS or state in PHOTOS:
        return sees_content(role, state)
    if state == "draft_title":
        return role in _WRITERS
    return state in ENTRIES[role]


def sees_content(role: str, state: str) -> bool:
    """Whether a person of ``role`` may see what is in it."""
    if state in DOCUMENTS:
        return state == "document_open" or role in _STAFF
    return state in PAGES[role]


def leaks(role: str, body: bytes, in_log: bool = False) -> set[str]:
    """The marks in ``body`` of what ``role`` may not see. The audit administrator reads which units the events in the
    log are about, and nothing of what is in these."""
    found = {(kind.lower(), int(number)) for kind, number in _MARK.findall(body)}
    return {
        f"{'entry' if kind == b'e' else 'content'} of {STATE_OF[number]}"
        for kind, number in found
        if number in STATE_OF
        and not (sees_entry if kind == b"e" else sees_content)(role, STATE_OF[number])
        and not (in_log and role == "audit" and kind == b"e")
    }


def sees_grant(role: str, state: str) -> bool:
    """Whether a person of ``role`` may see the grant for the thing: who oversees grants and may know of it."""
    return role in {"manager", "security"} and sees_entry(role, state)


def sees_request(role: str, state: str) -> bool:
    """Whether a person of ``role`` may see the request for the thing: who asked, and who decides and may know of it."""
    return role == ASKERS[state] or (role == "manager" and sees_entry(role, state))
