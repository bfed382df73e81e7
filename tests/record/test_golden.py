"""The golden Patient against a simple oracle: a fold that looks at each element by itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lhcr.fhir.json_document import read_json, write_json
from lhcr.fhir.stored_body import with_meta
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.golden import Contribution, fold, refer_to_golden

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
LABELS = [{"system": "http://x.test/labels", "code": code} for code in "RVN"]
STATUS = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus"
VERIFIED = {"url": STATUS, "valueCodeableConcept": {"coding": [{"code": "number-present-and-verified"}]}}
UNTRACED = {"url": STATUS, "valueCodeableConcept": {"coding": [{"code": "number-present-but-not-traced"}]}}
URLS = ("http://x.test/ethnicity", "http://x.test/pharmacy")

coded = st.sampled_from(["male", "female"])
patients = st.fixed_dictionaries(
    {},
    optional={
        "gender": coded,
        "_gender": st.just({"id": "g"}),
        "birthDate": st.sampled_from(["1950", "1950-01-01"]),
        "deceasedBoolean": st.booleans(),
        "deceasedDateTime": st.just("2024-01-01"),
        "name": st.lists(st.fixed_dictionaries({"family": st.sampled_from(["A", "B"])}), min_size=1, max_size=2),
        "identifier": st.lists(
            st.fixed_dictionaries(
                {
                    "system": st.sampled_from(["s1", NHS_NUMBER]),
                    "value": st.sampled_from(["1", "9990000018", "999 000 0018", "999-000-0018"]),
                },
                optional={
                    "use": st.sampled_from(["official", "old", "temp"]),
                    "extension": st.sampled_from([[VERIFIED], [UNTRACED]]),
                },
            ),
            min_size=1,
            max_size=3,
        ),
        "link": st.lists(
            st.fixed_dictionaries({"type": st.sampled_from(["seealso", "refer"])}), min_size=1, max_size=2
        ),
        "extension": st.lists(
            st.fixed_dictionaries({"url": st.sampled_from(URLS), "valueString": st.sampled_from("ab")}),
            min_size=1,
            max_size=2,
        ),
        "meta": st.fixed_dictionaries({"security": st.lists(st.sampled_from(LABELS), min_size=1, max_size=3)}),
    },
)


@st.composite
def contributions(draw: st.DrawFn) -> list[Contribution]:
    made = []
    for rid in range(1, draw(st.integers(1, 4)) + 1):
        version = draw(st.integers(1, 3))
        at = BEGAN + timedelta(seconds=draw(st.integers(0, 5)))
        resource = {"resourceType": "Patient"} | draw(patients)
        body = with_meta(resource, id=f"p{rid}", version=version, last_updated=at)
        made.append(
            Contribution(
                id=f"p{rid}",
                rid=rid,
                version=version,
                last_updated=at,
                source_id=draw(st.integers(1, 3)),
                method=1,
                body=draw(st.sampled_from([body, body, None])),
            )
        )
    return draw(st.permutations(made))


def standing(found: list[Contribution], winners: tuple[int, ...]) -> list[JsonObject]:
    ordered = sorted((each for each in found if each.body), key=lambda each: each.rid)
    rank = {source: place for place, source in enumerate(winners)}
    ordered.sort(key=lambda each: rank.get(each.source_id, 99))
    return [read_json(each.body or b"") for each in ordered]


def first_with(bodies: list[JsonObject], *names: str) -> JsonObject:
    for body in bodies:
        if any(name in body for name in names):
            return {name: body[name] for name in names if name in body}
    return {}


def distinct(values: list[object]) -> list[object]:
    return [value for place, value in enumerate(values) if value not in values[:place]]


def gathered(bodies: list[JsonObject], name: str) -> list[object]:
    return distinct([value for body in bodies for value in body.get(name, [])])


def same(one: JsonObject) -> Callable[[JsonObject], bool]:
    """Spaces and hyphens mean nothing in an NHS number, and something wherever else."""

    def written(each: JsonObject) -> str:
        value = str(each["value"])
        return value.replace(" ", "").replace("-", "") if each["system"] == NHS_NUMBER else value

    return lambda other: one["system"] == other["system"] and written(one) == written(other)


def doubt(identifier: JsonObject) -> int:
    """How far an identifier is from being surely somebody's now: the first of the least is the one."""
    gone = identifier.get("use") in {"old", "temp"}
    spelled = identifier["system"] == NHS_NUMBER and not str(identifier["value"]).isalnum()
    return 4 * gone + 2 * (identifier.get("extension") != [VERIFIED]) + spelled


def oracle(bodies: list[JsonObject]) -> JsonObject:
    folded: JsonObject = {}
    for names in (("gender", "_gender"), ("birthDate",), ("name",)):
        folded |= first_with(bodies, *names)
    dead = [body for body in bodies if body.get("deceasedBoolean") or body.get("deceasedDateTime")]
    folded |= first_with(dead or bodies, "deceasedBoolean", "deceasedDateTime")
    identifiers = [each for body in bodies for each in body.get("identifier", [])]
    firsts = [each for place, each in enumerate(identifiers) if not any(map(same(each), identifiers[:place]))]
    folded["identifier"] = [min(filter(same(each), identifiers), key=doubt) for each in firsts]
    folded["link"] = gathered(bodies, "link")
    folded["extension"] = []
    for url in URLS:
        having = [[each for each in body.get("extension", []) if each["url"] == url] for body in bodies]
        folded["extension"] += next((found for found in having if found), [])
    return {name: value for name, value in folded.items() if value != []}


@settings(max_examples=80, deadline=None)
@given(contributions(), st.permutations([1, 2, 3]).map(tuple))
def test_the_golden_patient_is_what_the_oracle_folds(found: list[Contribution], winners: tuple[int, ...]) -> None:
    golden = fold(found, winners=winners)
    bodies = standing(found, winners)
    if not bodies:
        assert golden is None
        return
    assert golden is not None
    arrived = sorted((each for each in found if each.body), key=lambda each: each.rid)
    assert golden.id == arrived[0].id
    assert golden.version == sum(each.version for each in found)
    assert golden.last_updated == max(each.last_updated for each in found)
    told = read_json(golden.body)
    meta = told.pop("meta")
    assert (told.pop("resourceType"), told.pop("id")) == ("Patient", golden.id)
    assert meta["versionId"] == str(golden.version)
    labels = [label for body in bodies for label in body["meta"].get("security", [])]
    if len(found) == 1:
        # Alone, it is byte for byte what its source sent.
        assert golden.body == found[0].body
        return
    assert meta.get("security", []) == distinct(labels)
    told["extension"] = sorted(told.get("extension", []), key=write_json)
    expected = oracle(bodies)
    expected["extension"] = sorted(expected.get("extension", []), key=write_json)
    assert told == expected


@settings(max_examples=25, deadline=None)
@given(contributions())
def test_nothing_but_what_is_given_shows_in_the_golden_patient(found: list[Contribution]) -> None:
    """Hazard: a reader learns from a folded value that a source they may not see exists. Order of reading tells nothing."""
    first, again = fold(found), fold(sorted(found, key=lambda each: -each.rid))
    assert first == again


def contribution(rid: int, resource: JsonObject) -> Contribution:
    body = with_meta({"resourceType": "Patient"} | resource, id=f"p{rid}", version=1, last_updated=BEGAN)
    return Contribution(id=f"p{rid}", rid=rid, version=1, last_updated=BEGAN, source_id=rid, method=1, body=body)


def test_what_a_source_contained_stays_with_what_refers_to_it() -> None:
    """Two sources contain different things under one id."""
    practice: JsonObject = {"resourceType": "Organization", "id": "o", "name": "Practice"}
    trust: JsonObject = {"resourceType": "Organization", "id": "o", "name": "Trust"}
    golden = fold(
        [
            contribution(1, {"contained": [practice], "generalPractitioner": [{"reference": "#o"}]}),
            contribution(2, {"contained": [trust], "managingOrganization": {"reference": "#o"}}),
            contribution(3, {"contained": [trust], "managingOrganization": {"reference": "#o"}}),
        ]
    )
    assert golden is not None
    told = read_json(golden.body)
    contained = {f"#{each['id']}": each["name"] for each in told["contained"]}
    assert contained[told["generalPractitioner"][0]["reference"]] == "Practice"
    assert contained[told["managingOrganization"]["reference"]] == "Trust"
    assert len(contained) == 2


def test_a_contribution_keeps_its_own_links_beside_the_one_to_the_golden_patient() -> None:
    own = contribution(2, {"link": [{"other": {"reference": "Patient/x"}, "type": "seealso"}], "gender": "other"})
    told = read_json(refer_to_golden(own, "p1"))
    assert [each["other"]["reference"] for each in told["link"]] == ["Patient/x", "Patient/p1"]
    assert (told["id"], told["gender"], told["meta"]["versionId"]) == ("p2", "other", "1")


def folded(contributions: list[Contribution]) -> JsonObject:
    golden = fold(contributions)
    assert golden is not None
    return read_json(golden.body)


def test_hazard_wrong_practice_ids_that_look_like_those_of_the_fold_do_not_meet() -> None:
    practice = {"resourceType": "Organization", "id": "o-1", "name": "Practice"}
    trust = {"resourceType": "Organization", "id": "o", "name": "Trust"}
    told = folded(
        [
            contribution(1, {"contained": [practice], "generalPractitioner": [{"reference": "#o-1"}]}),
            contribution(2, {"contained": [trust], "managingOrganization": {"reference": "#o"}}),
        ]
    )
    contained = {f"#{each['id']}": each["name"] for each in told["contained"]}
    assert contained[told["generalPractitioner"][0]["reference"]] == "Practice"
    assert contained[told["managingOrganization"]["reference"]] == "Trust"


def test_a_contained_resource_without_an_id_stops_no_fold() -> None:
    """Hazard: one source's careless Patient would keep everyone from the person's demographics."""
    careless = {"contained": [{"resourceType": "Organization"}], "birthDate": "1950-03-16"}
    for pair in ([{}, careless], [careless, {}]):
        told = folded([contribution(number, patient) for number, patient in enumerate(pair, start=1)])
        assert told["birthDate"] == "1950-03-16"


def test_hazard_a_death_of_which_the_date_is_missing_outweighs_another_sources_silence() -> None:
    unknown = {"_deceasedDateTime": {"extension": [{"url": "urn:absent", "valueCode": "unknown"}]}}
    told = folded([contribution(1, {"deceasedBoolean": False}), contribution(2, unknown)])
    assert "deceasedBoolean" not in told
    assert told["_deceasedDateTime"] == unknown["_deceasedDateTime"]


SPELLED: JsonObject = {"system": NHS_NUMBER, "value": "999 000 0018"}
CURRENT: JsonObject = {"system": NHS_NUMBER, "value": "9990000018", "use": "official", "extension": [VERIFIED]}


@pytest.mark.parametrize(
    "first",
    [
        SPELLED | {"use": "old"},
        CURRENT | {"use": "temp"},
        SPELLED | {"extension": [UNTRACED]},
        SPELLED | {"extension": [{"url": STATUS}]},
        SPELLED | {"extension": [{"url": STATUS, "valueCodeableConcept": {"text": "verified"}}]},
        SPELLED | {"extension": [VERIFIED]},
        CURRENT | {"system": "http://fhir.nhs.net/Id/nhs-number"},
    ],
)
def test_hazard_wrong_person_a_number_that_is_somebodys_now_stands_for_its_other_spellings(first: JsonObject) -> None:
    """An old or untraced number in one source hid that another has verified it."""
    other: JsonObject = {"system": "urn:hospital", "value": "7"}
    told = folded([contribution(1, {"identifier": [first, other]}), contribution(2, {"identifier": [CURRENT]})])
    assert told["identifier"] == [CURRENT, other]


def test_of_identifiers_that_are_equally_sure_the_first_stands() -> None:
    first, second = (CURRENT | {"assigner": {"display": name}} for name in "ab")
    told = folded([contribution(1, {"identifier": [first]}), contribution(2, {"identifier": [second]})])
    assert told["identifier"] == [first]
