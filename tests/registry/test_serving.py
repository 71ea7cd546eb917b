"""What ``serve`` refuses before it starts anything."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command

from registry.management.commands import serve


@pytest.fixture
def no_process(monkeypatch):
    """Nothing is started; whoever tries fails the test."""

    def refuse(*args, **kwargs):
        raise AssertionError("a process was started")

    monkeypatch.setattr(serve, "Child", refuse)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_a_taken_port_is_said_at_once(no_process, settings, host):
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        settings.HOST, settings.PORT = host, other.getsockname()[1]
        with pytest.raises(CommandError, match=f"cannot listen on {host}:.*already in use"):
            call_command("serve")


def test_an_address_of_another_machine_is_said_at_once(no_process, settings):
    settings.HOST, settings.PORT = "192.0.2.1", 8000
    with pytest.raises(CommandError, match=r"cannot listen on 192\.0\.2\.1:8000.*HOST and PORT"):
        call_command("serve")


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "127.0.0.1:8000"), ("::1", "[::1]:8000"), ("registry", "registry:8000")],
)
def test_an_address_is_written_as_urls_have_it(host, address):
    assert serve._address(host, 8000) == address
