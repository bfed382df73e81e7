"""The shelf: where resources live that name nobody (Medication, Binary, List, ...), keyed by a bucket of their id."""

import zlib

BUCKETS = 1024


def shelf_bucket(type_id: int, resource_id: str) -> int:
    """Return the shelf's person_id for an id that a client chose: from -1 down to -1024."""
    return -(1 + zlib.crc32(f"{type_id}/{resource_id}".encode()) % BUCKETS)


def shelf_bucket_of_row(rid: int) -> int:
    """Return the shelf's person_id for an id that this server is about to assign to the row `rid`."""
    return -(1 + rid % BUCKETS)
