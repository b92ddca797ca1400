"""A certification authority for the tests, with a time-stamp service and a revocation list on a local HTTP server."""

import asyncio
import datetime as dt
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

DER = serialization.Encoding.DER
PEM = serialization.Encoding.PEM
_USES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Authority:
    """Issues certificates; ``revoked`` are the serial numbers on its list."""

    def __init__(self, list_address: str = "") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Root")])
        self.list_address, self.revoked = list_address, []
        self.certificate = self._signed(self.name, self.key, days=3650, ca=True)

    def issue(self, name: str, *, days: float = 365, key=None, stamps: bool = False, begins: float = -1):
        """A key with its certificate."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        return key, self._signed(subject, key, days=days, stamps=stamps, begins=begins)

    def pkcs12(self, name: str, password: str = "ink", **options) -> bytes:
        """A PKCS#12 file with a key, its certificate and the root."""
        key, certificate = self.issue(name, **options)
        lock = serialization.BestAvailableEncryption(password.encode())
        return pkcs12.serialize_key_and_certificates(b"seal", key, certificate, [self.certificate], lock)

    def _signed(self, subject, key, *, days: float, ca: bool = False, stamps: bool = False, begins: float = -1):
        allowed = {"key_cert_sign", "crl_sign"} if ca else {"digital_signature", "content_commitment"}
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_now() + dt.timedelta(days=begins))
            .not_valid_after(_now() + dt.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**{use: use in allowed for use in _USES}), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        if stamps:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        if self.list_address and not ca:
            point = x509.DistributionPoint([x509.UniformResourceIdentifier(self.list_address)], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def revocation_list(self) -> bytes:
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.name)
            .last_update(_now() - dt.timedelta(hours=1))
            .next_update(_now() + dt.timedelta(days=7))
        )
        for number in self.revoked:
            entry = (
                x509.RevokedCertificateBuilder().serial_number(number).revocation_date(_now() - dt.timedelta(hours=2))
            )
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(DER)


class Services:
    """A time-stamp service at ``/stamp`` and the authority's list at ``/list.crl``. ``manner`` says how the service
    behaves: ``good``, ``slow``, ``drips``, ``refuses``, ``rubbish``, ``fails``; ``asked`` counts its requests."""

    def __init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_request: None  # clients that hang up
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.manner, self.asked, self.lists = "good", 0, True
        self.authority = Authority(f"{self.address}/list.crl")
        key, certificate = self.authority.issue(
            "Test Stamps", stamps=True, key=rsa.generate_private_key(public_exponent=65537, key_size=2048)
        )
        private = key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.stamper = DummyTimeStamper(
            asn1.Certificate.load(certificate.public_bytes(DER)), keys.PrivateKeyInfo.load(private)
        )
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, question: bytes) -> bytes:
        request = tsp.TimeStampReq.load(question)
        if self.manner == "refuses":
            return tsp.TimeStampResp({"status": {"status": "rejection"}}).dump()
        return asyncio.run(self.stamper.async_request_tsa_response(request)).dump()

    def _handler(services):
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                services.asked += 1
                question = self.rfile.read(int(self.headers["Content-Length"]))
                if services.manner == "slow":
                    time.sleep(3)
                if services.manner == "fails":
                    return self.send_error(503)
                body = b"<html>" if services.manner == "rubbish" else services.answer(question)
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if services.manner == "drips":
                    for place in range(len(body)):
                        self.wfile.write(body[place : place + 1])
                        self.wfile.flush()
                        time.sleep(0.1)
                self.wfile.write(body)

            def do_GET(self) -> None:
                if not services.lists:
                    return self.send_error(404)
                body = services.authority.revocation_list()
                self.send_response(200)
                self.send_header("Content-Type", "application/pkix-crl")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args) -> None:
                """Quiet."""

        return Handler
