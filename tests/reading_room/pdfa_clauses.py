"""What ISO 19005-2 says of interactive forms, signatures and permissions, which pikepdf's checker does not judge."""

import io

import pikepdf
from asn1crypto import cms

FORBIDDEN_FLAGS, PRINT = 1 << 0 | 1 << 1 | 1 << 5 | 1 << 8, 1 << 2  # invisible, hidden, no view, toggle no view


def unmet_clauses(data: bytes) -> set[str]:
    """The clauses that the PDF ``data`` does not meet, by number."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        unmet = {clause for clause, is_met in _of_the_form(pdf.Root) if not is_met}
        fields = [field for top in pdf.Root.AcroForm.get("/Fields", []) for field in _with_kids(top)]
        widgets = [each for page in pdf.pages for each in page.get("/Annots", []) if each.get("/Subtype") == "/Widget"]
        unmet |= {clause for each in [*fields, *widgets] for clause, is_met in _of_a_field(each) if not is_met}
        unmet |= {clause for each in widgets for clause, is_met in _of_a_widget(each) if not is_met}
        signatures = [field.V for field in fields if field.get("/FT") == "/Sig" and "/V" in field]
        unmet |= {clause for each in signatures for clause, is_met in _of_a_signature(each, data) if not is_met}
        return unmet | {clause for clause, is_met in _of_permissions(pdf.Root) if not is_met}


def _with_kids(field):
    yield field
    for kid in field.get("/Kids", []):
        yield from _with_kids(kid)


def _of_the_form(root):
    yield "6.4.1 NeedAppearances", not root.AcroForm.get("/NeedAppearances", False)
    yield "6.4.2 XFA", "/XFA" not in root.AcroForm
    yield "6.4.2 NeedsRendering", "/NeedsRendering" not in root


def _of_a_field(field):
    yield "6.4.1 no actions", "/A" not in field and "/AA" not in field


def _of_a_widget(widget):
    """Every widget has an appearance, a stream under /N alone (subdictionaries are for buttons), and is printed."""
    appearance, flags = widget.get("/AP", {}), int(widget.get("/F", 0))
    is_stream = isinstance(appearance.get("/N"), pikepdf.Stream)
    is_button = widget.get("/FT") == "/Btn"
    yield "6.3.2 flags", bool(flags & PRINT) and not flags & FORBIDDEN_FLAGS
    yield "6.3.3 appearance", "/N" in appearance
    yield "6.3.3 only N", set(appearance.keys()) <= {"/N"}
    yield "6.3.3 stream", is_stream != is_button


def _of_a_signature(signature, data: bytes):
    """The digest is over the whole file but the signature's own value; one signer, whose certificate is in it."""
    first, length, second, rest = (int(number) for number in signature.ByteRange)
    gap = data[length:second]
    covers = first == 0 and second + rest == len(data) and gap[:1] == b"<" and gap[-1:] == b">"
    yield "6.4.3 entire file", covers and bytes.fromhex(gap[1:-1].decode()) == bytes(signature.Contents)
    content = cms.ContentInfo.load(bytes(signature.Contents), strict=False)["content"]
    signers = content["signer_infos"]
    yield "6.4.3 one signer", len(signers) == 1
    wanted = signers[0]["sid"].chosen.native["serial_number"]
    serials = {each.chosen.serial_number for each in content["certificates"]}
    yield "6.4.3 certificate", wanted in serials


def _of_permissions(root):
    """Nothing but DocMDP and UR3; with DocMDP no reference names a digest, and it is the signature of a field."""
    permissions = root.get("/Perms", pikepdf.Dictionary())
    yield "6.1.12 keys", set(permissions.keys()) <= {"/DocMDP", "/UR3"}
    certifying = permissions.get("/DocMDP")
    if certifying is not None:
        digests = {"/DigestLocation", "/DigestMethod", "/DigestValue"}
        yield "6.1.12 digests", not any(digests & set(each.keys()) for each in certifying.get("/Reference", []))
        signed = [field.V.objgen for top in root.AcroForm.Fields for field in _with_kids(top) if "/V" in field]
        yield "6.4.3 signature field", certifying.objgen in signed
