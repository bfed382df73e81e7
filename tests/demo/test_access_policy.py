"""The demonstration's own policy of access: the practice's word on proxies, objections and nominations, and nothing else that differs."""

from dataclasses import replace
from typing import Protocol

import msgspec

from lhcr.access.policy import area_policy, baseline_policy
from lhcr.demo.access_policy import ACCESS_POLICY
from lhcr.kernel.json_types import JsonObject


class Area(Protocol):
    def of(self, key: str, *types: str, source: str = "") -> list[JsonObject]: ...


def test_the_practices_word_on_proxies_objections_and_nominations_is_all_that_differs_from_the_baseline() -> None:
    """Hazard: a demonstration that opens records more widely than an area would."""
    policy, baseline = area_policy(ACCESS_POLICY), baseline_policy()
    assert policy.proxy_sources == {"A81001"}
    assert policy.file.consent.sources == ["A81001"]
    consent = msgspec.structs.replace(policy.file.consent, sources=[])
    ours, contact = policy.file.relationships, baseline.file.contact
    assert ours.sources["nominated-pharmacy"] == ["own", "A81001"]
    sources = {**ours.sources, "nominated-pharmacy": baseline.file.relationships.sources["nominated-pharmacy"]}
    same = msgspec.structs.replace(
        policy.file,
        proxy_sources=[],
        consent=consent,
        contact=contact,
        relationships=msgspec.structs.replace(ours, sources=sources),
    )
    assert same == baseline.file
    assert replace(policy, file=baseline.file) == baseline


def test_the_practice_says_that_the_mother_may_act_and_that_the_son_may_not(area: Area) -> None:
    """Hazard: a child who may open his mother's record because hers names him."""

    def authorities(key: str) -> set[str]:
        roles = [
            coding["code"]
            for one in area.of(key, "RelatedPerson")
            for c in one["relationship"]
            for coding in c["coding"]
        ]
        return set(roles) & set(baseline_policy().file.proxies.parental.relationships)

    assert authorities("child") == {"GUARD"}
    assert authorities("carer") == set()
