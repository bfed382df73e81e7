"""A policy by which every source may tie every organisation: for tests of what follows from a tie, whoever told of it."""

import msgspec

from lhcr.access.policy import Policy


def every_source_ties(policy: Policy) -> Policy:
    relationships = policy.file.relationships
    sources = dict.fromkeys(relationships.sources, "any")
    told = msgspec.structs.replace(relationships, sources=sources)
    return Policy(msgspec.structs.replace(policy.file, relationships=told))
