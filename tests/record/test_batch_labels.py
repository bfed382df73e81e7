"""The labels of a batch: those of each entry and of all that it follows, however the batch is ordered."""

import random
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lhcr.access.access_class import AccessClass
from lhcr.access.policy import baseline_policy
from lhcr.access.sensitivity_codes import NO_CODES, SensitiveCodes, SetCode, label_of_set, sensitive_codes
from lhcr.access.sensitivity_systems import code_system
from lhcr.fhir.json_document import write_json
from lhcr.fhir.search.catalogue import type_id
from lhcr.kernel.json_types import JsonObject
from lhcr.record.batch_labels import BatchLabels
from lhcr.record.draft import Draft, Method
from lhcr.record.persons import DIRECTORY

POLICY = baseline_policy()
SYSTEM = "http://snomed.info/sct"
LABEL = "http://terminology.hl7.org/CodeSystem/v3-ActCode|HIV"
CODES = sensitive_codes([SetCode(code_system(SYSTEM), "86406008", LABEL)], epoch=3)


async def known(class_ids: AbstractSet[int]) -> Sequence[AccessClass]:
    raise AssertionError(f"nothing that is stored is followed: {class_ids}")


def entry(*, sensitive: bool, person_id: int = 1) -> Draft:
    code = "86406008" if sensitive else "1"
    resource: JsonObject = {"resourceType": "Observation", "code": {"coding": [{"system": SYSTEM, "code": code}]}}
    made = Draft(method=Method.POST, type="Observation", type_id=type_id("Observation"), resource=resource)
    made.person_id = person_id
    return made


def labels_of(drafts: Sequence[Draft], codes: SensitiveCodes) -> BatchLabels:
    bodies = {id(draft): write_json(draft.resource or {}) for draft in drafts}
    return BatchLabels(codes=codes, policy=POLICY, known=known, bodies=bodies)


@given(sensitive=st.lists(st.booleans(), min_size=2, max_size=8), data=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
async def test_hazard_sensitive_item_exposed_whatever_leads_to_a_sensitive_entry_has_its_label(
    sensitive: list[bool], data: random.Random
) -> None:
    """The oracle walks along what is followed, in circles too."""
    drafts = [entry(sensitive=each) for each in sensitive]
    follows = {place: data.sample(range(len(drafts)), k=data.randint(0, 2)) for place in range(len(drafts))}
    for place, draft in enumerate(drafts):
        draft.followed = tuple(drafts[each] for each in follows[place])
    asked = data.sample(range(len(drafts)), k=len(drafts))
    labels = labels_of(drafts, CODES)
    for place in asked:
        reached, pending = {place}, [place]
        while pending:
            more = set(follows[pending.pop()]) - reached
            reached |= more
            pending += more
        expected = (label_of_set(LABEL),) if any(sensitive[each] for each in reached) else ()
        assert await labels.of(drafts[place]) == expected


async def test_what_is_in_the_directory_is_not_labelled_itself_and_what_follows_it_is() -> None:
    place, follower = entry(sensitive=True, person_id=DIRECTORY), entry(sensitive=False)
    follower.followed = (place,)
    labels = labels_of([place, follower], CODES)
    assert await labels.of(place) == ()
    assert await labels.of(follower) == (label_of_set(LABEL),)


@pytest.mark.parametrize(("codes", "looks"), [(CODES, 50), (NO_CODES, 0)], ids=["codes", "none"])
async def test_each_entry_is_looked_through_once_however_many_follow_it_and_never_for_no_codes(
    codes: SensitiveCodes, looks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [entry(sensitive=True) for _ in range(50)]
    followers = [entry(sensitive=False) for _ in range(20)]
    for each in followers:
        each.followed = tuple(entries)
    seen: list[JsonObject] = []
    look = SensitiveCodes.labels_of

    def seeing(self: SensitiveCodes, resource: JsonObject) -> frozenset[str]:
        seen.append(resource)
        return look(self, resource)

    monkeypatch.setattr(SensitiveCodes, "labels_of", seeing)
    labels = labels_of([*followers, *entries], codes)
    for draft in [*followers, *entries]:
        await labels.of(draft)
    assert len(seen) == looks
