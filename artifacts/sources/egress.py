"""The one door through which anything leaves: which hosts, which addresses, how much, how long.

An allowed host name is not enough, because whoever answers for it may point it at this
machine's own network. So names are resolved here, the address is checked, and exactly
that address is connected to; every hop of a redirect passes the same way.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from artifacts.sources.errors import AddressRefused, SourceUnavailable

DEFAULT_PORTS = {"https": 443, "http": 80}

# Ranges that the standard library calls public, and that carry other addresses inside them
# (6to4, Teredo, NAT64) or hold a cloud's metadata service (192.0.0.192).
_NEVER = tuple(
    map(
        ipaddress.ip_network,
        ("192.0.0.0/24", "192.88.99.0/24", "2002::/16", "2001::/32", "64:ff9b::/32"),
    )
)

Resolver = Callable[[str, int], list[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of ``host``, as the system's resolver gives them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Guard:
    """Says where one source may connect: its endpoints, and the hosts they may redirect to.

    Those are what SOURCE_ALLOWED_HOSTS says, else ``redirect_hosts``. ``public_hosts`` never lead
    into a private network, whatever settings say.
    """

    source: str
    endpoints: tuple[str, ...]
    resolver: Resolver = resolve
    redirect_hosts: tuple[str, ...] = ()
    public_hosts: frozenset[str] = frozenset()

    def check_url(self, scheme: str, host: str, port: int) -> None:
        """Refuse any scheme, host or port that nobody configured."""
        if (scheme, host, port) in self._origins():
            return
        if scheme not in DEFAULT_PORTS or (scheme == "http" and not settings.SOURCE_ALLOW_HTTP):
            raise self._refusal(f"{scheme}://{host}", "only https is allowed")
        if not any(_matches(entry, scheme, host, port) for entry in self._redirects()):
            raise self._refusal(f"{scheme}://{host}:{port}", "it is not a configured host")

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of ``host`` that may be connected to, all of them checked."""
        try:
            found = self.resolver(host, port)
        except (OSError, UnicodeError) as exc:
            raise SourceUnavailable(
                source=self.source, reason=f"the name {host} cannot be resolved."
            ) from exc
        for address in found:
            if not self._may_connect(host, port, address):
                raise self._refusal(f"{host} ({address})", "the address is not public")
        return found

    def _may_connect(self, host: str, port: int, address: str) -> bool:
        ip = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        if any(ip in network for network in _NEVER if network.version == ip.version):
            return False
        if ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip.is_reserved:
            return False
        return ip.is_global or self._is_named_by_operator(host, port)

    def _is_named_by_operator(self, host: str, port: int) -> bool:
        """Whether settings name exactly this host, which makes a private address intended."""
        if host in self.public_hosts:
            return False
        named = {(name, number) for _, name, number in self._origins()}
        exact = [entry for entry in self._redirects() if not entry.startswith(".")]
        return (host, port) in named or any(
            _matches(entry, scheme, host, port) for entry in exact for scheme in DEFAULT_PORTS
        )

    def _redirects(self) -> Sequence[str]:
        configured: Sequence[str] | None = settings.SOURCE_ALLOWED_HOSTS
        return self.redirect_hosts if configured is None else configured

    def _origins(self) -> set[tuple[str, str, int]]:
        return {_origin(endpoint) for endpoint in self.endpoints}

    def _refusal(self, address: str, reason: str) -> AddressRefused:
        return AddressRefused(source=self.source, address=address, reason=f"{reason}.")


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    return parts.scheme, (parts.hostname or "").lower(), port


def _matches(entry: str, scheme: str, host: str, port: int) -> bool:
    name, _, number = entry.lower().rpartition(":") if ":" in entry else (entry.lower(), "", "")
    if port != (int(number) if number.isdigit() else DEFAULT_PORTS[scheme]):
        return False
    return host == name.lstrip(".") or (name.startswith(".") and host.endswith(name))
