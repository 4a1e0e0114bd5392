"""What a desktop makes of answers that are none: of proxies, login pages, foreign certificates, silence."""

from __future__ import annotations

import datetime
import ipaddress
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from apps.sync.carriers.http import HttpPeer
from apps.sync.carriers.refusals import refused
from apps.sync.protocol import Refused, Unreachable
from tests.sync.peers import caller


@contextmanager
def answering(status: int, body: str, tls: ssl.SSLContext | None = None, **headers: str) -> Iterator[str]:
    """The address of a program that gives everybody this answer."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def hello(address: str, verify: ssl.SSLContext | bool = True) -> None:
    HttpPeer(address, lambda renewed: "token", verify=verify).hello(caller())


def error(code: str) -> str:
    return json.dumps({"error": {"code": code, "message": "Words.", "details": {}}})


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (401, error("not_signed_in"), "login"),
        (403, error("must_change_password"), "login"),
        (403, error("forbidden"), "forbidden"),
        (404, error("not_found"), "gone"),
        (409, error("conflict"), "busy"),
        (409, error("epoch"), "epoch"),
        (426, error("too_old"), "too_old"),
        (429, error("throttled"), "busy"),
        (503, error("unavailable"), "busy"),
        (400, error("invalid"), "invalid"),
        (413, "<html>too large</html>", "invalid"),
    ],
)
def test_refusals_of_a_server(status: int, body: str, reason: str) -> None:
    with answering(status, body) as address, pytest.raises(Refused) as refusal:
        hello(address)
    assert refusal.value.reason == reason


def test_how_long_to_wait_is_told() -> None:
    with answering(429, error("throttled"), Retry_After="77") as address, pytest.raises(Refused) as refusal:
        hello(address)
    assert refusal.value.retry_after == 77
    assert refused(500, "internal", "").retry_after == 10


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<html>Welcome to our hotel. Log in.</html>"),
        (200, "{}"),
        (200, "[]"),
        (200, '{"epoch": 1, "server_time": "noon", "oldest": 1, "user": {}}'),
        (302, ""),
        (403, "<html>Forbidden</html>"),
        (502, "<html>Bad gateway</html>"),
        (500, '{"error": "words"}'),
    ],
)
def test_answers_that_are_not_ours_are_no_answers(status: int, body: str) -> None:
    with answering(status, body, Location="http://127.0.0.1:9/") as address, pytest.raises(Unreachable):
        hello(address)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://[", "nonsense", "", "ftp://127.0.0.1"])
def test_an_address_without_a_server_is_unreachable(address: str) -> None:
    with pytest.raises(Unreachable):
        hello(address)


@pytest.fixture(scope="module")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], tuple[ssl.SSLContext, Path]]:
    """A server's side of TLS with a certificate that nobody knows, and the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )

    def make() -> tuple[ssl.SSLContext, Path]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        return context, folder / "cert.pem"

    return make


def test_a_foreign_certificate_is_said_to_be_one(own_certificate: Callable[[], tuple[ssl.SSLContext, Path]]) -> None:
    tls, known = own_certificate()
    with answering(404, error("not_found"), tls) as address:
        with pytest.raises(Refused) as refusal:
            hello(address)
        assert refusal.value.reason == "certificate"
        with pytest.raises(Refused) as refusal:
            hello(address, ssl.create_default_context(cafile=known))
        assert refusal.value.reason == "gone"
        with pytest.raises(Refused) as refusal:
            next(HttpPeer(address, lambda renewed: "token").subscribe([1]))
        assert refusal.value.reason == "certificate"
