"""A signature in a PDF: one revision, certified as final, covering the file from the first byte to the last.

The document is laid out by pikepdf with room for the signature, written once, and the signature is put into the room.
Nothing is copied or parsed a second time, so a file of 200 scans costs the time it takes to write and to hash it.
"""

import hashlib
import secrets
from typing import BinaryIO

import pikepdf
from django.utils import timezone

from .proofs import Proofs
from .signers import ReadySigner

FIELD = "Seal"
_CHUNK = 1024 * 1024
_UNKNOWN = 10**10 - 1  # stands in the byte range until the lengths are known
_RANGE = f"/ByteRange [ 0 {_UNKNOWN} {_UNKNOWN} {_UNKNOWN} ]".encode()
_LOCKED_AND_PRINTED = 4 + 128  # flags of an annotation (ISO 32000-1, 12.5.3)


def write_signed(
    pdf: pikepdf.Pdf, out: BinaryIO, signer: ReadySigner, *, page: pikepdf.Page, place: list[float],
    appearance: pikepdf.Object, name: str, reason: str,
) -> str:  # fmt: skip
    """Write ``pdf`` with its signature to ``out`` (empty, readable, seekable); its SHA-256.

    ``appearance`` (a form) is drawn at ``place`` of ``page``: left, bottom, right, top in points. ``name`` is who
    signs, ``reason`` what for. Raises ``SigningFault``, ``OSError``.
    """
    token = secrets.token_bytes(32)
    signature = _signature(pdf, token + bytes(signer.room - len(token)), name, reason)
    _field(pdf, page, place, appearance, signature)
    if signer.proofs.certificates:
        pdf.Root.DSS = _security_store(pdf, signer.proofs)
    pdf.save(
        out, force_version="1.7", object_stream_mode=pikepdf.ObjectStreamMode.disable, normalize_content=False,
        compress_streams=True, stream_decode_level=pikepdf.StreamDecodeLevel.none,
    )  # fmt: skip
    start, end = _gap(out, token, signer.room)
    _write_range(out, start, end)
    made = signer.sign(_digest_around(out, start, end))
    out.seek(start + 1)
    out.write(made.hex().ljust(2 * signer.room, "0").encode())
    out.flush()
    return _digest(out)


def _signature(pdf: pikepdf.Pdf, room: bytes, name: str, reason: str) -> pikepdf.Object:
    """The signature's dictionary (ISO 32000-1, 12.8.1), with a reference that forbids every later change."""
    moment = timezone.localtime()
    zone = moment.strftime("%z")
    final = pikepdf.Dictionary(
        Type=pikepdf.Name.SigRef,
        TransformMethod=pikepdf.Name.DocMDP,
        TransformParams=pikepdf.Dictionary(Type=pikepdf.Name.TransformParams, V=pikepdf.Name("/1.2"), P=1),
    )
    signature = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Sig,
            Filter=pikepdf.Name("/Adobe.PPKLite"),
            SubFilter=pikepdf.Name("/ETSI.CAdES.detached"),
            M=f"D:{moment:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:]}'",
            Name=name,
            Reason=reason,
            ByteRange=[0, _UNKNOWN, _UNKNOWN, _UNKNOWN],
            Contents=pikepdf.String(room),
            Reference=[final],
        )
    )
    pdf.Root.Perms = pikepdf.Dictionary(DocMDP=signature)
    esic = pikepdf.Dictionary(BaseVersion=pikepdf.Name("/1.7"), ExtensionLevel=1)
    pdf.Root.Extensions = pikepdf.Dictionary(ESIC=esic)
    return signature


def _field(pdf, page: pikepdf.Page, place: list[float], appearance: pikepdf.Object, signature: pikepdf.Object) -> None:
    field = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Sig,
            T=FIELD,
            V=signature,
            Rect=[round(edge, 3) for edge in place],
            P=page.obj,
            F=_LOCKED_AND_PRINTED,
            AP=pikepdf.Dictionary(N=appearance),
        )
    )
    page.obj.Annots = pdf.make_indirect(pikepdf.Array([*page.obj.get("/Annots", []), field]))
    pdf.Root.AcroForm = pdf.make_indirect(pikepdf.Dictionary(Fields=[field], SigFlags=3))


def _security_store(pdf: pikepdf.Pdf, proofs: Proofs) -> pikepdf.Object:
    store = pikepdf.Dictionary(Type=pikepdf.Name.DSS)
    for name, entries in (("/Certs", proofs.certificates), ("/OCSPs", proofs.ocsps), ("/CRLs", proofs.crls)):
        if entries:
            store[name] = pikepdf.Array([pdf.make_stream(entry) for entry in entries])
    return pdf.make_indirect(store)


def _gap(out: BinaryIO, token: bytes, room: int) -> tuple[int, int]:
    """Where the signature stands with its two brackets: first byte, and the byte after."""
    wanted, before, position = b"<" + token.hex().encode(), b"", 0
    out.seek(0)
    while chunk := out.read(_CHUNK):
        found = (before + chunk).find(wanted)
        if found >= 0:
            start = position - len(before) + found
            return start, start + 2 * room + 2
        position += len(chunk)
        before = chunk[-len(wanted) :]
    raise RuntimeError("The room for the signature is not in the file.")


def _write_range(out: BinaryIO, start: int, end: int) -> None:
    out.seek(0, 2)
    size = out.tell()
    begin = max(start - _CHUNK, 0)
    out.seek(begin)
    place = out.read(start - begin).rfind(_RANGE)
    if place < 0:
        raise RuntimeError("The byte range is not before the signature.")
    out.seek(begin + place)
    out.write(f"/ByteRange [ 0 {start} {end} {size - end}".encode().ljust(len(_RANGE) - 1) + b"]")


def _digest_around(out: BinaryIO, start: int, end: int) -> bytes:
    digest = hashlib.sha256()
    out.seek(0)
    left = start
    while left and (chunk := out.read(min(_CHUNK, left))):
        digest.update(chunk)
        left -= len(chunk)
    out.seek(end)
    while chunk := out.read(_CHUNK):
        digest.update(chunk)
    return digest.digest()


def _digest(out: BinaryIO) -> str:
    out.seek(0)
    return hashlib.file_digest(out, "sha256").hexdigest()
