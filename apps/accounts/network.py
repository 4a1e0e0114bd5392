"""The address a request really comes from, and whether that address may use this server.

X-Forwarded-For is text that anybody can send. It is read from the right, and only as long as
the hop that wrote it is one of the configured proxies; the first other address is the client.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# In TRUSTED_PROXIES: the peer of a Unix socket, which has no address.
UNIX_PEER = "unix"


def parse_address(text: str) -> Address | None:
    """The address in `text`, with or without port, brackets and scope; IPv4-mapped IPv6 as IPv4."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


@lru_cache(maxsize=16)
def _networks(entries: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(parse_network(entry) for entry in entries if entry.strip() != UNIX_PEER)


def parse_network(entry: str) -> Network:
    """A CIDR range or a single address. Raises ValueError for anything else."""
    network = ipaddress.ip_network(entry.strip(), strict=False)
    if isinstance(network, ipaddress.IPv6Network) and network.prefixlen >= 96:
        mapped = network.network_address.ipv4_mapped
        if mapped is not None:
            return ipaddress.ip_network(f"{mapped}/{network.prefixlen - 96}", strict=False)
    return network


def is_within(address: Address, entries: Sequence[str]) -> bool:
    """Whether one of the ranges holds the address."""
    return any(address.version == network.version and address in network for network in _networks(tuple(entries)))


def client_ip(meta: Mapping[str, Any], trusted_proxies: Sequence[str]) -> str | None:
    """The client's address, or None where it cannot be known.

    `meta` is `request.META`, or `meta_of_scope(scope)` for a socket. None stands for: no peer
    address, or a trusted proxy that forwarded something that is no address.
    """
    peer = parse_address(str(meta.get("REMOTE_ADDR") or ""))
    if peer is None:
        if UNIX_PEER not in trusted_proxies or meta.get("REMOTE_ADDR"):
            return None
    elif not is_within(peer, trusted_proxies):
        return str(peer)
    client = peer
    forwarded = str(meta.get("HTTP_X_FORWARDED_FOR") or "")
    for hop in reversed(forwarded.split(",") if forwarded.strip() else []):
        client = parse_address(hop)
        if client is None:
            return None
        if not is_within(client, trusted_proxies):
            break
    return str(client) if client is not None else None


def is_allowed(ip: str | None, allowed_networks: Sequence[str]) -> bool:
    """Whether this address may use the server. No list: everybody. Loopback: always. Unknown: not."""
    if not allowed_networks:
        return True
    address = parse_address(ip or "")
    if address is None:
        return False
    return address.is_loopback or is_within(address, allowed_networks)


def meta_of_scope(scope: Mapping[str, Any]) -> dict[str, str]:
    """What `client_ip` needs from an ASGI scope (HTTP or socket)."""
    client = scope.get("client")
    forwarded = [value.decode("latin-1") for name, value in scope.get("headers", ()) if name == b"x-forwarded-for"]
    return {
        "REMOTE_ADDR": str(client[0]) if client and client[0] else "",
        "HTTP_X_FORWARDED_FOR": ",".join(forwarded),
    }
