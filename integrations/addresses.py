"""Which network addresses the installation may connect to.

The address that counts is the one that is connected to, not the name in the URL: names
change their minds between the check and the connection.
"""

import ipaddress
from functools import lru_cache

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

ALLOWED_PORTS = frozenset({80, 443, 8080, 8443})

# ipaddress.is_global changed its mind between Python releases and calls several of these
# global, so what is refused is written down here.
_REFUSED: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",  # IPv4-compatible, the unspecified address and loopback
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b:1::/48",  # local-use NAT64
        "100::/64",
        "2001::/23",  # protocol assignments, Teredo and ORCHID among them
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Global unicast is all of IPv6 that anybody can be assigned to today.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")


def may_connect(text: str, port: int) -> bool:
    """Whether that address and port may be connected to.

    Public addresses on the well-known web ports, and whatever lies inside the operator's
    OUTBOUND_ALLOW_CIDRS on any port. Text that is no address is refused.
    """
    try:
        address = unwrapped(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return False
    if "%" not in text and is_allowed_by_operator(address):
        return True
    return port in ALLOWED_PORTS and is_public(address)


def is_public(address: Address) -> bool:
    """Whether the address belongs to the public internet."""
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not any(
        address.version == network.version and address in network for network in _REFUSED
    )


def is_allowed_by_operator(address: Address) -> bool:
    """Whether the address lies in a network of settings.OUTBOUND_ALLOW_CIDRS."""
    return any(
        address.version == network.version and address in network
        for network in _networks(tuple(settings.OUTBOUND_ALLOW_CIDRS))
    )


def unwrapped(address: Address) -> Address:
    """The IPv4 address inside an IPv4-mapped or NAT64 address, else the address itself."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


@lru_cache(maxsize=8)
def _networks(cidrs: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(cidr.strip()) for cidr in cidrs if cidr.strip())
