"""Where a request comes from, as far as that can be known."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The address of the caller; what a caller claims in X-Forwarded-For is not believed.

    Each of the ``TRUSTED_PROXIES`` proxies appends the address it saw, so only that many
    entries from the right are facts. A shorter list came past a proxy: then only the
    peer of the connection is known.
    """
    peer = _parse(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.TRUSTED_PROXIES
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if proxies and len(seen) >= proxies:
        peer = _parse(seen[-proxies]) or peer
    return str(peer) if peer else None


def network_of(request: HttpRequest) -> str:
    """Whom to count: the address, or for IPv6 the /64 that one customer usually owns."""
    address = client_address(request)
    if address is None:
        return "unknown"
    if ":" in address:
        return str(ip_network(f"{address}/64", strict=False))
    return address


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    text = text.strip()
    if text.startswith("["):  # [2001:db8::1]:443
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:  # 192.0.2.1:443
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])  # without the zone of a link-local address
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
