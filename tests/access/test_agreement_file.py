"""The file of agreements: read whole, or refused with the place of every mistake."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lhcr.access.agreement import Agreement, SafetyTester, State
from lhcr.access.agreement_file import doubts, read_agreements
from lhcr.access.policy import baseline_policy
from lhcr.access.span import ENDLESS
from lhcr.kernel.errors import Incorrect

POLICY = baseline_policy()
USUAL = {
    "id": "hospital-to-pharmacy",
    "sources": ["RRE"],
    "recipients": ["FA123"],
    "categories": ["demographics", "medication"],
    "state": "open",
    "from": "2026-01-01",
}


def read(*agreements: Any) -> tuple[Agreement, ...]:
    return read_agreements(json.dumps({"agreements": agreements}).encode(), policy=POLICY)


def mistakes(*agreements: Any) -> list[str]:
    with pytest.raises(Incorrect) as caught:
        read(*agreements)
    assert {issue.error for issue in caught.value.issues} == {"agreement-invalid"}
    return [issue.diagnostics for issue in caught.value.issues]


def test_an_agreement_holds_from_the_beginning_of_its_first_day_to_the_end_of_its_last() -> None:
    (one,) = read(USUAL | {"until": "2026-03-31"})
    assert (one.low, one.high) == (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    (instants,) = read(USUAL | {"from": "2026-03-29T02:00:00+01:00", "until": "2026-03-29T02:00:01Z"})
    assert (instants.low, instants.high.second) == (datetime(2026, 3, 29, 1, tzinfo=UTC), 2)
    (endless,) = read(USUAL)
    assert (endless.high, endless.state, endless.in_emergency) == (ENDLESS, State.OPEN, False)


def test_testers_are_users_of_recipients() -> None:
    tried = USUAL | {"state": "testers", "testers": [{"organisation": "FA123", "user": "555"}], "in_emergency": True}
    (one,) = read(tried)
    assert (one.testers, one.in_emergency) == (frozenset({SafetyTester("FA123", "555")}), True)


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"id": "a b"}, "agreements[1]: "),
        ({"sources": []}, "agreements[1]: "),
        ({"sources": ["rre"]}, "agreements[1].sources[0]: is not an ODS code"),
        ({"sources": ["RRE", "RRE"]}, "agreements[1].sources[1]: is named twice"),
        ({"recipients": ["FA123", "*"]}, "agreements[1].recipients[1]: is every organisation"),
        ({"categories": ["medicaton"]}, "agreements[1].categories[0]: is none of administrative, allergy"),
        ({"categories": ["directory"]}, "agreements[1].categories[0]: is none of"),
        ({"categories": ["*", "allergy"]}, "agreements[1].categories[0]: is every kind"),
        ({"state": "closed"}, "agreements[1]: "),
        ({"from": "1st of May"}, "agreements[1]: "),
        ({"from": "2026-02-30"}, "agreements[1].from: is no date"),
        ({"until": "2026-13-01"}, "agreements[1].until: is no date"),
        ({"until": "2025-12-31"}, "agreements[1].until: is not after `from`"),
        ({"state": "testers"}, "agreements[1].testers: are named where"),
        ({"testers": [{"organisation": "FA123", "user": "5"}]}, "agreements[1].testers: are named where"),
        (
            {"state": "testers", "testers": [{"organisation": "RRE", "user": "5"}]},
            "agreements[1].testers[0].organisation: is none of the recipients",
        ),
        ({"in_emergency": "yes"}, "agreements[1]: "),
        ({"comment": "x"}, "agreements[1]: Object contains unknown field `comment`"),
    ],
)
def test_a_mistake_is_told_with_its_place(wrong: dict[str, Any], place: str) -> None:
    (told,) = mistakes(USUAL | {"id": "first"}, USUAL | wrong)
    assert told.startswith(place)


def test_every_mistake_is_told_at_once_and_a_repeated_id_is_one() -> None:
    told = mistakes(USUAL | {"sources": ["?"], "until": "2020-01-01"}, USUAL, 7, USUAL | {"state": 1})
    assert [each.split(":")[0] for each in told] == [
        "agreements[0].sources[0]",
        "agreements[0].until",
        "agreements[2]",
        "agreements[3]",
        "agreements[1].id",
        "agreements[3].id",
    ]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b'{"agreement": []}',
        b'{"agreements": {}}',
        b"\xff",
        b"[" * 100_000,
        b'{"agreements": [{"id": "a", "id": "b"}]}',
    ],
)
def test_what_is_no_such_file_is_refused(text: bytes) -> None:
    with pytest.raises(Incorrect):
        read_agreements(text, policy=POLICY)


def test_what_may_not_be_meant_is_doubted() -> None:
    told = doubts(read(USUAL | {"categories": ["medication", "other"]}, USUAL | {"id": "fine"}), policy=POLICY)
    assert [name for name, _ in told] == ["hospital-to-pharmacy"] * 2


_value = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["*", "RRE", "open", "2026-01-01"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["organisation", "user"]), inner, max_size=2)
    ),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([*USUAL, "until", "testers", "in_emergency"]), _value, max_size=4))
def test_whatever_a_file_holds_is_read_or_refused(members: dict[str, Any]) -> None:
    try:
        (one,) = read(USUAL | members)
    except Incorrect:
        return
    assert one.low < one.high
    assert one.sources
    assert one.recipients
    assert one.categories
