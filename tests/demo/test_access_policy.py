"""The policy of the demonstration area: it differs from the baseline where it says so, and nowhere else."""

import msgspec

from lhcr.access.policy import area_policy, baseline_policy
from lhcr.demo.access_policy import ACCESS_POLICY
from lhcr.demo.organisations import GP_PRACTICE, PHARMACY


def test_relationships_differ_in_whose_word_on_the_nominated_pharmacy_counts() -> None:
    ours, baseline = area_policy(ACCESS_POLICY).file.relationships, baseline_policy().file.relationships
    assert ours.counts("nominated-pharmacy", source=GP_PRACTICE.ods, party=PHARMACY.ods)
    assert not baseline.counts("nominated-pharmacy", source=GP_PRACTICE.ods, party=PHARMACY.ods)
    sources = {**ours.sources, "nominated-pharmacy": baseline.sources["nominated-pharmacy"]}
    assert msgspec.structs.replace(ours, sources=sources) == baseline
