"""A software token (SoftHSM) that stands for the archive's."""

import subprocess
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives import serialization
from pkcs11.util.x509 import decode_x509_certificate

from .certificate_authority import DER, PEM, Authority

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")


def make_token(folder: Path, monkeypatch, authority: Authority, holder: str) -> str:
    """Make the token ``Fonds`` (PIN 1234) in ``folder`` with a key labelled ``seal`` and its certificate for ``holder``;
    the setting that names it."""
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
    key, certificate = authority.issue(holder)
    lock = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, lock))
    for command in (
        "--init-token --free --label Fonds --so-pin 0000 --pin 1234",
        f"--import {folder / 'key.pem'} --token Fonds --label seal --id 01 --pin 1234",
    ):
        subprocess.run(["softhsm2-util", *command.split()], check=True, capture_output=True)
    with pkcs11.lib(str(SOFTHSM)).get_token(token_label="Fonds").open(user_pin="1234", rw=True) as session:
        marks = {pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: "seal", pkcs11.Attribute.ID: b"\x01"}
        session.create_object({**decode_x509_certificate(certificate.public_bytes(DER)), **marks})
    return f"hall=pkcs11:{SOFTHSM},token=Fonds,label=seal"
