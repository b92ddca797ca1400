"""Importing policies from a folder of .md and .docx files: first everything is read and checked, then all is stored.

Files of the same stem are one policy; the .docx is attached as its source. The number decides which policy a file is.
"""

from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.documents import get_document_model
from wagtail.models import Site

from fonds.archive_pages.folding import fold

from .actions import may_change
from .enums import AttachmentRole, PolicyStatus
from .listing import DEFAULT_TITLE
from .models import PolicyAttachment, PolicyIndexPage, PolicyPage
from .outline import raw_pairs
from .parsing import ParsedPolicy, PolicyFault, read_policy

CREATED, CHANGED, UNCHANGED = "created", "changed", "unchanged"
ENDINGS = {".md", ".docx"}


@dataclass(frozen=True)
class Candidate:
    """One policy found in the folder."""

    name: str
    parsed: ParsedPolicy
    source: Path | None


@dataclass(frozen=True)
class Outcome:
    """What became of a candidate. ``is_published`` where this import published it."""

    name: str
    state: str
    policy: PolicyPage
    is_published: bool


@dataclass
class ImportFaults(Exception):
    """Nothing was imported; ``sentences`` name the files and what is wrong with them."""

    sentences: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(self.sentences)


def import_policies(folder: Path, *, publish: bool = False, user=None) -> list[Outcome]:
    """Import all policies in ``folder``; with ``publish`` put them in force.

    Raises ``ImportFaults`` with every fault found, and then nothing is stored.
    """
    candidates = read_folder(folder)
    _check_archive(candidates)
    stored: list[tuple] = []
    try:
        with transaction.atomic():
            index = ensure_index()
            _check_right(index, user, publish)
            return [_store(candidate, index, publish, user, stored) for candidate in candidates]
    except BaseException:
        for storage, name in stored:
            storage.delete(name)
        raise


def read_folder(folder: Path) -> list[Candidate]:
    """Every policy in ``folder``, by file name; raises ``ImportFaults``."""
    if not folder.is_dir():
        raise ImportFaults([_("%(folder)s is not a folder.") % {"folder": folder}])
    groups: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and not path.name.startswith((".", "~$")):
            stem = path.stem if path.suffix.lower() in ENDINGS else path.name
            groups.setdefault(stem, []).append(path)
    if not groups:
        raise ImportFaults([_("%(folder)s holds no policy (.md or .docx).") % {"folder": folder}])
    faults: list[str] = []
    candidates = [candidate for paths in groups.values() if (candidate := _read_group(paths, faults))]
    faults += _double_numbers(candidates)
    if faults:
        raise ImportFaults(faults)
    return candidates


def _read_group(paths: list[Path], faults: list[str]) -> Candidate | None:
    parsed: dict[Path, ParsedPolicy] = {}
    for path in paths:
        try:
            parsed[path] = read_policy(path)
        except PolicyFault as fault:
            faults += [f"{path.name}: {sentence}" for sentence in fault.sentences]
    if len(parsed) < len(paths):
        return None
    first, *others = parsed
    for other in others:
        if parsed[other] != parsed[first]:
            faults.append(
                _("%(first)s and %(second)s are two forms of one policy, but differ: %(where)s")
                % {"first": first.name, "second": other.name, "where": _difference(parsed[first], parsed[other])}
            )
            return None
    source = next((path for path in paths if path.suffix.lower() == ".docx"), None)
    return Candidate(first.stem, parsed[first], source)


def _difference(one: ParsedPolicy, two: ParsedPolicy) -> str:
    """Where two forms differ first."""
    labels = {
        "title": _("title"),
        "issuing_body": _("issuing body"),
        "document_number": pgettext("policy", "number"),
        "effective_date": _("effective date"),
        "preface": _("preface"),
    }
    for name, label in labels.items():
        if getattr(one, name) != getattr(two, name):
            return f"{label}: “{getattr(one, name)}” / “{getattr(two, name)}”"
    for left, right in zip(one.parts, two.parts, strict=False):
        if left != right:
            return f"“{left[1][:30]}” / “{right[1][:30]}”"
    return _("one has more articles than the other.")


def _double_numbers(candidates: list[Candidate]) -> list[str]:
    seen: dict[str, Candidate] = {}
    faults = []
    for candidate in candidates:
        number = fold(candidate.parsed.document_number)
        if number in seen:
            faults.append(
                _("%(second)s: the number %(number)s is also that of %(first)s.")
                % {
                    "first": seen[number].name,
                    "second": candidate.name,
                    "number": candidate.parsed.document_number,
                }
            )
        seen.setdefault(number, candidate)
    return faults


def find_by_number(number: str) -> PolicyPage | None:
    """The policy with ``number`` in any way of writing it; one in force before one that is not."""
    wanted = fold(number)
    numbers = PolicyPage.objects.in_reading_order().values_list("pk", "document_number")
    found = next((pk for pk, other in numbers if fold(other) == wanted), None)
    return PolicyPage.objects.get(pk=found) if found else None


def _check_archive(candidates: list[Candidate]) -> None:
    """Refuse what contradicts the policies that stand: the same number for another policy, or for an ended one."""
    faults = []
    for candidate in candidates:
        standing = find_by_number(candidate.parsed.document_number)
        words = {"name": candidate.name, "number": candidate.parsed.document_number}
        if standing is None:
            continue
        if standing.title != candidate.parsed.title:
            sentence = _("%(name)s: the number %(number)s belongs to “%(title)s” already.")
            faults.append(sentence % {**words, "title": standing.title})
        elif standing.status in (PolicyStatus.REPLACED, PolicyStatus.REPEALED) and _differs(standing, candidate.parsed):
            faults.append(
                _("%(name)s: %(number)s is no longer in force, and its text differs from the one kept.") % words
            )
    if faults:
        raise ImportFaults(faults)


def ensure_index() -> PolicyIndexPage:
    """The list of policies; made under the home page of the site where there is none."""
    index = PolicyIndexPage.objects.first()
    if index:
        return index
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None:
        raise ImportFaults([_("There is no site yet to which the policies could belong.")])
    return site.root_page.specific.add_child(instance=PolicyIndexPage(title=DEFAULT_TITLE, slug="policies"))


def _check_right(index: PolicyIndexPage, user, publish: bool) -> None:
    if user is None:
        return
    rights = index.permissions_for_user(user)
    if not rights.can_add_subpage() or (publish and not rights.can_publish_subpage()):
        raise PermissionDenied


def _store(candidate: Candidate, index: PolicyIndexPage, publish: bool, user, stored: list) -> Outcome:
    parsed = candidate.parsed
    standing = find_by_number(parsed.document_number)
    state = UNCHANGED
    if standing is None:
        policy = _fill(PolicyPage(live=False, owner=user), parsed)
        index.add_child(instance=policy)
        state = CREATED
    else:
        policy = standing.get_latest_revision_as_object()
        if _differs(policy, parsed):
            _fill(policy, parsed)
            state = CHANGED
    if candidate.source and _attach_source(policy, candidate, user, stored) and state == UNCHANGED:
        state = CHANGED
    if state != UNCHANGED:
        policy.save_revision(user=user, log_action=True)
    return Outcome(candidate.name, state, policy, publish and _publish(policy, user))


def _publish(policy: PolicyPage, user) -> bool:
    """Publish what is not published yet; whether there was anything."""
    policy = PolicyPage.objects.get(pk=policy.pk)
    if policy.live and not policy.has_unpublished_changes:
        return False
    if user is not None and not may_change(policy, user):
        raise PermissionDenied
    try:
        policy.get_latest_revision().publish(user=user, skip_permission_checks=user is None)
    except ValidationError as error:
        raise ImportFaults([f"{policy.title}: {sentence}" for sentence in error.messages]) from error
    return True


def _fill(policy: PolicyPage, parsed: ParsedPolicy) -> PolicyPage:
    policy.title = policy.draft_title = parsed.title
    policy.creator = parsed.issuing_body
    policy.document_number = parsed.document_number
    policy.effective_date = parsed.effective_date
    policy.preface = parsed.preface
    policy.body = [(kind, text) for kind, text in parsed.parts]
    return policy


def _differs(policy: PolicyPage, parsed: ParsedPolicy) -> bool:
    held = ParsedPolicy(
        policy.title,
        policy.creator,
        policy.document_number,
        policy.effective_date,
        policy.preface,
        tuple(raw_pairs(policy.body.raw_data)),
    )
    return held != parsed


def _attach_source(policy: PolicyPage, candidate: Candidate, user, stored: list) -> bool:
    """Attach the Word file unless the same bytes are attached; whether anything changed. It is not open by itself."""
    content = candidate.source.read_bytes()
    document = get_document_model()(title=candidate.parsed.title, uploaded_by_user=user)
    document.file = ContentFile(content, name=candidate.source.name)
    document._set_document_file_metadata()
    sources = [one for one in policy.attachments.all() if one.role == AttachmentRole.SOURCE]
    if any(one.document.file_hash == document.file_hash for one in sources):
        return False
    document.save()
    stored.append((document.file.storage, document.file.name))
    for one in sources:
        policy.attachments.remove(one)
    policy.attachments.add(PolicyAttachment(document=document, role=AttachmentRole.SOURCE))
    return True
