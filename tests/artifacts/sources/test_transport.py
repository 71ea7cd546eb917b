"""What both HTTP clients refuse of a hub that answers as it likes, and in which words."""

from __future__ import annotations

import http.server
import ssl
import threading

import pytest

from artifacts.sources import bounds
from artifacts.sources.egress import Guard
from artifacts.sources.errors import (
    AddressRefused,
    SourceBroken,
    SourceForbidden,
    SourceNotFound,
    SourceRateLimited,
    SourceTooLarge,
    SourceTruncated,
    SourceUnavailable,
)
from tests.artifacts.sources.clients import CLIENTS
from tests.hub import faults as f

API = "/api/models/fernwood/field-notes-tiny"


@pytest.fixture(params=CLIENTS, ids=lambda client: client.name)
def client(request):
    return request.param


@pytest.fixture
def ask(client, outside, demo_content):
    """The body of the description of a model, over one of the clients."""

    def run(headers: dict[str, str] | None = None, **more) -> bytes:
        return client.ask(Guard("The hub", (outside.url,)), outside.url + API, headers, **more)

    return run


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        (f.Status(400), SourceBroken, "answers 400"),
        (f.Status(401), SourceForbidden, "wants a token"),
        (f.Status(403), SourceForbidden, "not enough"),
        (f.Status(404), SourceNotFound, "no such repository"),
        (f.Status(429, retry_after=7), SourceRateLimited, "in 7 s"),
        (f.Status(500), SourceUnavailable, "answers 500"),
        (f.Status(503, retry_after=7), SourceUnavailable, "answers 503"),
        (f.HangUp(), SourceUnavailable, "no connection"),
        (f.Truncate(5), SourceTruncated, "ended early"),
        (f.Unfinished(5), SourceTruncated, "ended early"),
        (f.GzipBomb(), SourceBroken, "compressed"),
        (f.RedirectLoop(), SourceBroken, "lead nowhere"),
        (f.Redirect("http://169.254.169.254/latest/meta-data"), AddressRefused, "169.254.169.254"),
        (f.Redirect("http://127.0.0.1:1/"), AddressRefused, "127.0.0.1"),
        (f.Redirect("http://localhost/"), AddressRefused, "localhost"),
        (f.Redirect("file:///etc/passwd"), SourceBroken, None),
        (f.Redirect("ftp://127.0.0.1/"), SourceBroken, None),
        (f.Redirect("http://[::1"), SourceBroken, None),
    ],
)
def test_what_is_refused(ask, outside, fault, error, said):
    outside.faults.add(API, fault)
    with pytest.raises(error, match=said) as failure:
        ask()
    assert str(failure.value).startswith("The hub")


def test_an_answer_arrives_whole(ask):
    assert ask().startswith(b"{")


def test_an_answer_has_a_limit(ask):
    size = len(ask())
    assert len(ask(max_bytes=size)) == size
    with pytest.raises(SourceTooLarge, match=f"over {size - 1:,} bytes"):
        ask(max_bytes=size - 1)


def test_silence_is_not_waited_for(ask, outside, settings):
    settings.SOURCE_TIMEOUT_SECONDS = 0.2
    outside.faults.add(API, f.Delay(30))
    with pytest.raises(SourceUnavailable, match="too long"):
        ask()


def test_a_drip_is_not_waited_for(ask, outside, settings):
    settings.SOURCE_TIMEOUT_SECONDS = 0.2
    outside.faults.add(API, f.Drip(1, 0.05))
    with pytest.raises(SourceUnavailable, match="too long"):
        ask()


def test_nothing_is_asked_for_compressed(ask, outside):
    ask()
    assert {request.headers["Accept-Encoding"] for request in outside.seen(API)} == {"identity"}


def test_a_token_stays_with_its_origin(ask, outside, settings):
    settings.SOURCE_ALLOWED_HOSTS = [outside.other_url.removeprefix("http://")]
    outside.faults.add(API, f.Redirect(f"{outside.other_url}{API}"), times=1)
    ask({"Authorization": "Bearer hf_alice"})
    first, second = outside.seen(API)
    assert first.headers.get("Authorization") == "Bearer hf_alice"
    assert second.headers.get("Authorization") is None


def test_neither_proxies_nor_passwords_of_the_machine_are_used(ask, monkeypatch, tmp_path):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login alice password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert ask()


def test_a_cookie_is_not_sent_back(client, outside, demo_content):
    outside.faults.add(API, f.Headers({"Set-Cookie": "who=you; Path=/"}))
    outside.faults.add(API, f.Redirect(f"{outside.url}{API}"), times=1)
    client.ask(Guard("The hub", (outside.url,)), outside.url + API)
    assert {request.headers.get("Cookie") for request in outside.seen(API)} == {None}


class Greeting(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """One for the name hub.example, which no authority has signed, and its key."""
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def port(certificate):
    """Where a server with that certificate listens."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server = http.server.HTTPServer(("127.0.0.1", 0), Greeting)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def trusted(certificate, monkeypatch):
    """The certificate is one that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    bounds.tls_context.cache_clear()
    yield
    bounds.tls_context.cache_clear()


def at_home(name: str, port: int) -> tuple[Guard, str]:
    """A guard for which ``name`` is on this machine, and the address there."""
    url = f"https://{name}:{port}"
    return Guard("The hub", (url,), resolver=lambda host, port: ["127.0.0.1"]), url


def test_a_certificate_that_nobody_signed_is_refused(client, port):
    with pytest.raises(SourceUnavailable, match=r"(?i)certificate"):
        client.ask(*at_home("hub.example", port))


def test_a_certificate_is_that_of_the_name_and_not_of_the_address(client, port, trusted):
    assert client.ask(*at_home("hub.example", port)) == b"hello"
    with pytest.raises(SourceUnavailable, match=r"(?i)certificate"):
        client.ask(*at_home("other.example", port))


def self_signed(folder):
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hub.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hub.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "cert.pem", folder / "key.pem"
