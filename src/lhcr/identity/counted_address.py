"""A counted address: whose attempts are counted together.

Hazard: somebody who has a whole network of addresses, as every household with IPv6 has, and is counted anew with each of them.
"""

from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Final

_OF_ONE_HOLDER: Final = 64


def counted_address(address: str) -> str:
    """Return the address under which attempts from one are counted: of IPv6 its network of 64 bits; what is no address as it stands."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(IPv6Network((int(known), _OF_ONE_HOLDER), strict=False))
