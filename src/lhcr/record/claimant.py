"""A claimant: whoever a batch says is somebody, on the way to being known as one person of the record."""

from collections.abc import Sequence
from dataclasses import dataclass

from lhcr.kernel.json_types import JsonObject
from lhcr.record.draft import Draft
from lhcr.record.identity_claim import IdentityClaim
from lhcr.record.links import Key


@dataclass(slots=True, kw_only=True, eq=False)
class Claimant:
    """A Patient, or somebody whom a feed refers to and who is not here yet.

    `patient` is what it says and `draft` how it came, None of somebody who is only referred to. `known` is the person to whom its id belongs already,
    `before` what the last version under it says and
    `said` what that claims; `key` is an id that its source chose and that nobody had when it was
    looked for. `person_id` is filled by `claim_persons`, and `is_new` says whether that person was made by it; `apart` are
    its NHS numbers that somebody else holds, and `claims` then say whom its source means by them.
    """

    patient: JsonObject | None = None
    draft: Draft | None = None
    claims: Sequence[IdentityClaim] = ()
    said: Sequence[IdentityClaim] = ()
    before: JsonObject | None = None
    known: int | None = None
    key: Key | None = None
    person_id: int = 0
    is_new: bool = False
    apart: frozenset[str] = frozenset()
