"""What may be connected to, decided by address and not by name."""

from __future__ import annotations

import pytest

from artifacts.facts import FileFact
from artifacts.sources.checkout import measured
from artifacts.sources.egress import Guard
from artifacts.sources.errors import (
    AddressRefused,
    SourceBroken,
    SourceTruncated,
    SourceUnavailable,
)
from tests.artifacts.sources.clients import CLIENTS

PUBLIC = "93.184.216.34"


def guard(*addresses: str, endpoint: str = "https://huggingface.co") -> Guard:
    return Guard(
        "Hugging Face",
        (endpoint,),
        resolver=lambda host, port: list(addresses),
        public_hosts=frozenset({"huggingface.co"}),
    )


@pytest.fixture(params=CLIENTS, ids=lambda client: client.name)
def client(request):
    return request.param


@pytest.fixture(autouse=True)
def _defaults(settings):
    settings.SOURCE_ALLOWED_HOSTS = [".huggingface.co", ".hf.co"]
    settings.SOURCE_ALLOW_HTTP = False
    settings.SOURCE_TIMEOUT_SECONDS = 30.0


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "0.0.0.0",
     "100.64.0.1", "192.0.0.192", "224.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1",
     "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::"],
)  # fmt: skip
def test_a_public_name_that_leads_inside_is_refused(address):
    with pytest.raises(AddressRefused, match="not public"):
        guard(address).addresses("huggingface.co", 443)


def test_one_bad_address_among_good_ones_is_enough_to_refuse():
    with pytest.raises(AddressRefused):
        guard(PUBLIC, "127.0.0.1").addresses("cdn-lfs.hf.co", 443)


def test_a_public_address_is_fine():
    assert guard(PUBLIC).addresses("huggingface.co", 443) == [PUBLIC]


def test_an_endpoint_that_the_operator_named_may_be_inside():
    inside = guard("10.1.2.3", endpoint="https://mirror.example:8443")
    assert inside.addresses("mirror.example", 8443) == ["10.1.2.3"]
    with pytest.raises(AddressRefused):
        inside.addresses("mirror.example", 443)


def test_no_setting_makes_the_metadata_service_reachable():
    with pytest.raises(AddressRefused):
        guard("169.254.169.254", endpoint="http://metadata").addresses("metadata", 80)


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        (("https", "huggingface.co", 443), True),
        (("https", "cdn-lfs-us-1.hf.co", 443), True),
        (("https", "hf.co.evil.example", 443), False),
        (("https", "evilhf.co", 443), False),
        (("https", "cdn-lfs.hf.co", 8443), False),
        (("http", "huggingface.co", 80), False),
        (("http", "cdn-lfs.hf.co", 80), False),
        (("ftp", "huggingface.co", 21), False),
        (("https", "example.org", 443), False),
    ],
)
def test_only_configured_origins_are_called(url, is_allowed):
    if is_allowed:
        guard().check_url(*url)
    else:
        with pytest.raises(AddressRefused):
            guard().check_url(*url)


def test_the_address_that_was_checked_is_the_one_connected_to(client, monkeypatch):
    """A second answer of the resolver, given between check and connect, is never asked for."""
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    connected = []

    def connect(*args, **more):
        connected.append(client.address(*args, **more))
        raise client.nobody_there

    monkeypatch.setattr(*client.opens, connect)
    watched = Guard("x", ("https://huggingface.co",), resolver=lambda host, port: next(answers))
    with pytest.raises(SourceUnavailable):
        client.ask(watched, "https://huggingface.co/")
    assert connected == [PUBLIC]


def test_a_name_that_does_not_resolve_is_trouble_of_the_moment():
    def fail(host, port):
        raise OSError("no such name")

    with pytest.raises(SourceUnavailable, match="cannot be resolved"):
        Guard("x", (), resolver=fail).addresses("huggingface.co", 443)


def test_headers_that_drip_are_given_up_although_no_single_read_times_out(client):
    seconds = iter(range(0, 10_000, 5))
    connection = client.dripping(lambda: next(seconds))
    with pytest.raises(connection.too_slow):
        b"".join(connection.read() for _ in range(100))


def test_a_kept_connection_starts_afresh_with_each_request(client):
    seconds = iter(range(0, 100_000, 5))
    connection = client.dripping(lambda: next(seconds))
    for _ in range(50):
        connection.send()
        for _ in range(5):
            connection.read()


def test_a_host_that_nobody_named_is_not_even_resolved(client):
    asked = []
    watched = Guard(
        "x", ("https://huggingface.co",), resolver=lambda *name: asked.append(name) or []
    )
    with pytest.raises(AddressRefused):
        client.ask(watched, "https://example.org/")
    assert asked == []


def test_a_file_that_ends_early_is_noticed_whatever_the_transport_says():
    file = FileFact("a.bin", 10)
    with pytest.raises(SourceTruncated, match="after 4 of the 10 bytes"):
        b"".join(measured("x", file, iter([b"1234"])))
    with pytest.raises(SourceBroken, match="longer than the 10 bytes"):
        b"".join(measured("x", file, iter([b"12345678", b"abc"])))
