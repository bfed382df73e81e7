"""Who of a batch is one person, against a simple oracle: whoever shares a number. Hazard: wrong person."""

import asyncio
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.kernel.errors import Conflict
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.claimant import Claimant
from lhcr.record.doubt import Doubt, Verdict
from lhcr.record.identity_claim import IdentityClaim
from lhcr.record.joining import Joining

SOURCE = 7
NEWCOMERS = 4


class Judge:
    """A doubt that always says the same, and is about nothing that is stored."""

    def __init__(self, verdict: Verdict) -> None:
        self._verdict = verdict

    async def of_new(self, *_: Any) -> Verdict:
        return self._verdict

    async def of_own_number(self, *_: Any) -> None:
        """Nothing that is stored contradicts anybody."""

    async def of_known(self, *_: Any) -> Verdict:
        return self._verdict


def own(value: str) -> IdentityClaim:
    return IdentityClaim(SOURCE, "https://hospital.example", value)


def national(value: str) -> IdentityClaim:
    return IdentityClaim(0, NHS_NUMBER, value)


def joined(
    claims: list[list[IdentityClaim]], *, held: dict[IdentityClaim, int], verdict: Verdict
) -> tuple[Joining, list[Claimant]]:
    """Join newcomers 101, 102, ... who claim numbers, of which some are `held` by persons who were here."""
    claimants = [Claimant(claims=each, person_id=101 + place) for place, each in enumerate(claims)]
    holders: dict[IdentityClaim, int] = {}
    for claimant in claimants:
        for claim in claimant.claims:
            holders.setdefault(claim, claimant.person_id)
    made = [claimant.person_id for claimant in claimants]
    joining = Joining(holders | held, made=made, source_id=SOURCE, doubt=cast("Doubt", Judge(verdict)))
    asyncio.run(joining.join(cast("Any", None), claimants))
    return joining, claimants


numbers = st.builds(own, st.sampled_from("abc")) | st.builds(national, st.sampled_from("xyz"))
batches = st.lists(st.lists(numbers, max_size=3), min_size=1, max_size=NEWCOMERS)


def connected(claims: list[list[IdentityClaim]]) -> list[int]:
    """Return for each claimant the first that is reached from it by shared numbers."""
    groups = list(range(len(claims)))
    for _ in claims:
        for one, here in enumerate(claims):
            for other, there in enumerate(claims):
                if set(here) & set(there):
                    groups[one] = groups[other] = min(groups[one], groups[other])
    return groups


@given(batches)
def test_newcomers_are_one_person_exactly_where_numbers_connect_them(claims: list[list[IdentityClaim]]) -> None:
    joining, claimants = joined(claims, held={}, verdict=Verdict.JOINED)
    assert [joining.person(each.person_id) - 101 for each in claimants] == connected(claims)
    assert joining.apart == {}


@given(batches)
def test_newcomers_whose_number_is_in_doubt_are_joined_to_each_other_and_to_nobody_who_was_here(
    claims: list[list[IdentityClaim]],
) -> None:
    held = {national(value): place for place, value in enumerate("xyz")}
    joining, claimants = joined(claims, held=held, verdict=Verdict.SET_APART)
    assert [joining.person(each.person_id) - 101 for each in claimants] == connected(claims)
    assert {claim.value for claim in joining.apart} == {
        each.value for claim in claims for each in claim if not each.source_id
    }
    assert all(claim.source_id == SOURCE for claimant in claimants for claim in claimant.claims)


def test_newcomers_join_whoever_was_here_and_never_two_of_them() -> None:
    joining, (one,) = joined([[national("x"), own("a")]], held={national("x"): 1}, verdict=Verdict.JOINED)
    assert joining.person(one.person_id) == 1
    with pytest.raises(Conflict):
        joined([[national("x"), own("a")]], held={national("x"): 1, own("a"): 2}, verdict=Verdict.JOINED)


def test_a_number_that_is_set_apart_leaves_its_claimant_with_whom_the_source_knows() -> None:
    held = {national("x"): 1, own("a"): 2}
    joining, (one,) = joined([[national("x"), own("a")]], held=held, verdict=Verdict.SET_APART)
    assert joining.person(one.person_id) == 2
    assert one.apart == {"x"}
