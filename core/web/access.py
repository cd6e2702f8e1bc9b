"""Who is asking: the client's address, behind the named proxy too, and whether it is the operator."""

import hmac
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp import web

from core.web.context import CONFIG, Address, Network

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
IPV6_SITE_BITS = 64
"""One IPv6 customer has at least this whole network to speak from."""


def client_address(request: web.Request) -> Address | None:
    """The peer; behind the named proxy the last address that is not the proxy's own."""
    peer = read_address(request.remote or "")
    proxy = request.app[CONFIG].proxy
    if not is_in(peer, proxy):
        return peer
    hops = [
        read_address(hop.strip())
        for hop in ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
    ]
    return next((hop for hop in reversed(hops) if not is_in(hop, proxy)), None) or peer


def client_key(address: Address | None) -> str:
    """What counts as one client."""
    if isinstance(address, IPv6Address):
        return str(ip_network((address, IPV6_SITE_BITS), strict=False))
    return str(address)


def is_operator(request: web.Request) -> bool:
    """Whoever shows the operator's token; without one and without a proxy, whoever sits at this machine."""
    config = request.app[CONFIG]
    if config.operator_token is not None:
        expected = f"Bearer {config.operator_token.reveal()}".encode()
        given = request.headers.get("Authorization", "").encode(errors="surrogateescape")
        return hmac.compare_digest(given, expected)
    return config.proxy is None and _is_at_this_machine(request)


def require_operator(request: web.Request) -> None:
    if not is_operator(request):
        raise unauthorized("Only for the operator: send the OPERATOR_TOKEN as a bearer token.")


def require_market_data(request: web.Request) -> None:
    """Market data is for everybody unless API_PUBLIC_MARKET_DATA is off."""
    if not request.app[CONFIG].public_market_data and not is_operator(request):
        raise unauthorized("Market data is not public here.")


def unauthorized(detail: str) -> web.HTTPUnauthorized:
    return web.HTTPUnauthorized(text=detail, headers={"WWW-Authenticate": "Bearer"})


def _is_at_this_machine(request: web.Request) -> bool:
    """No proxy that nobody named, and no page of elsewhere whose name was pointed here."""
    peer = read_address(request.remote or "")
    if peer is None or not peer.is_loopback or any(name in request.headers for name in FORWARDED):
        return False
    try:
        host = urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        return False
    named = read_address(host)
    return host == "localhost" or (named is not None and named.is_loopback)


def is_in(address: Address | None, network: Network | None) -> bool:
    return address is not None and network is not None and address in network


def read_address(text: str) -> Address | None:
    """None when it is no address; one of IPv4 that is written as IPv6 is one of IPv4."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
