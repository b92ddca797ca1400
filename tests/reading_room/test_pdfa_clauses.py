"""The clauses of PDF/A-2 about forms, signatures and permissions: the certified copy meets them, and the judge knows
what does not."""

import io

import pikepdf
import pytest

from fonds.reading_room.actions import issue_certificate
from fonds.reading_room.kept_files import issued_bytes

from .pdfa_clauses import unmet_clauses

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def copy(item, manager) -> bytes:
    return issued_bytes(issue_certificate(item, pages=[1, 2, 3], purpose="变更", user=manager))


def test_nothing_of_a_certified_copy_stays_unjudged(copy):
    pdfa = pytest.importorskip("pikepdf.pdfa", exc_type=ImportError)
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        report = pdfa.check(pdf, "2b")
    assert not report.violations, report.summary()
    unjudged = [finding.where.split()[-1] for finding in report.unsupported]
    assert unjudged == ["/AcroForm", "/Perms"]  # which the clauses below judge
    assert unmet_clauses(copy) == set()


def _script(widget) -> None:
    widget.AA = pikepdf.Dictionary(E=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="1"))


SPOILS = {
    "6.4.1 NeedAppearances": lambda root, _widget: root.AcroForm.__setattr__("NeedAppearances", True),
    "6.4.1 no actions": lambda _root, widget: _script(widget),
    "6.4.2 XFA": lambda root, _widget: root.AcroForm.__setattr__("XFA", pikepdf.Array()),
    "6.4.2 NeedsRendering": lambda root, _widget: root.__setattr__("NeedsRendering", True),
    "6.3.2 flags": lambda _root, widget: widget.__setattr__("F", 2),
    "6.3.3 appearance": lambda _root, widget: widget.AP.__delitem__("/N"),
    "6.3.3 only N": lambda _root, widget: widget.AP.__setattr__("D", widget.AP.N),
    "6.3.3 stream": lambda _root, widget: widget.AP.__setattr__("N", pikepdf.Dictionary(On=widget.AP.N)),
    "6.1.12 keys": lambda root, _widget: root.Perms.__setattr__("UR", root.Perms.DocMDP),
    "6.1.12 digests": lambda root, _widget: root.Perms.DocMDP.Reference[0].__setattr__(
        "DigestMethod", pikepdf.Name.MD5
    ),
    "6.4.3 signature field": lambda root, _widget: root.Perms.__setattr__("DocMDP", root.AcroForm.Fields[0]),
}


@pytest.mark.parametrize("clause", SPOILS)
def test_the_judge_names_the_clause_that_is_not_met(copy, clause):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        SPOILS[clause](pdf.Root, pdf.Root.AcroForm.Fields[0])
        pdf.save(out)
    # Saved anew, the digest no longer is over the entire file.
    assert unmet_clauses(out.getvalue()) == {clause, "6.4.3 entire file"} | (
        {"6.3.3 stream"} if clause == "6.3.3 appearance" else set()
    )


def test_bytes_behind_the_signature_are_not_over_the_entire_file(copy):
    assert unmet_clauses(copy + b"\n% more") == {"6.4.3 entire file"}
