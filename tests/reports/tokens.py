"""A software token (SoftHSM) that stands for the archive's."""

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives import serialization
from pkcs11.util.x509 import decode_x509_certificate

from .certificate_authority import DER, PEM, Authority

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")


HOLDER = "Common Name: Seal on a token"


@cache
def token_setting() -> str:
    """The setting that names a key on a token, PIN 1234. The driver reads once in a process where its tokens are, so
    all tests share one."""
    folder = Path(tempfile.mkdtemp(prefix="tokens-"))
    atexit.register(shutil.rmtree, folder)
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    key, certificate = Authority().issue(HOLDER.removeprefix("Common Name: "))
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
