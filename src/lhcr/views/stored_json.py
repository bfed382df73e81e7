"""Reading stored bodies for views: decimals stay the text that they were written as."""

import msgspec

from lhcr.kernel.json_types import JsonObject

_DECODER = msgspec.json.Decoder(type=JsonObject, float_hook=str)


def read_stored(body: bytes) -> JsonObject:
    """The resource of a stored body. Hazard: 1.10 read as a binary number is 1.1, another precision."""
    return _DECODER.decode(body)
