"""What a token with scopes reaches through hops: the types that its scopes name, and nothing else of their categories.

Hazard: a sensitive item exposed. An app that was let see who somebody is reads who their family is, because both are demographics.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any, Final

import pytest

ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
#: One entry of each type about one person. Demographics, encounters and the directory have two types each, or more.
WORLD: Final[tuple[dict[str, Any], ...]] = (
    {"resourceType": "Organization", "id": "org", "name": "Ward"},
    {"resourceType": "Practitioner", "id": "doc", "name": [{"family": "Fell"}]},
    {
        "resourceType": "Patient",
        "id": "p",
        "generalPractitioner": [{"reference": "Practitioner/doc"}, {"reference": "Organization/org"}],
    },
    {"resourceType": "RelatedPerson", "id": "kin", "patient": {"reference": "Patient/p"}, "name": [{"family": "Kin"}]},
    {
        "resourceType": "Encounter",
        "id": "e",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "Patient/p"},
        "serviceProvider": {"reference": "Organization/org"},
    },
    {
        "resourceType": "Communication",
        "id": "c",
        "status": "completed",
        "subject": {"reference": "Patient/p"},
        "encounter": {"reference": "Encounter/e"},
        "sender": {"reference": "RelatedPerson/kin"},
    },
    {
        "resourceType": "EpisodeOfCare",
        "id": "tie",
        "status": "active",
        "patient": {"reference": "Patient/p"},
        "managingOrganization": {"identifier": {"system": ODS, "value": "A81001"}},
    },
)
EVERY: Final = frozenset(each["resourceType"] for each in WORLD)

#: What each hop shows: the type found, and for every type that is included the types through which it is reached.
INCLUDED: Final[tuple[tuple[str, str, Mapping[str, tuple[str, ...]]], ...]] = (
    (
        "/Patient?_id=p&_include=Patient:general-practitioner",
        "Patient",
        {"Practitioner": ("Practitioner",), "Organization": ("Organization",)},
    ),
    (
        "/Patient?_id=p&_include=Patient:general-practitioner:Practitioner",
        "Patient",
        {"Practitioner": ("Practitioner",)},
    ),
    ("/Patient?_id=p&_revinclude=RelatedPerson:patient", "Patient", {"RelatedPerson": ("RelatedPerson",)}),
    (
        "/Patient?_id=p&_revinclude=Communication:patient&_include:iterate=Communication:sender",
        "Patient",
        {"Communication": ("Communication",), "RelatedPerson": ("Communication", "RelatedPerson")},
    ),
    ("/RelatedPerson?patient=p&_include=RelatedPerson:patient", "RelatedPerson", {"Patient": ("Patient",)}),
    (
        "/Communication?patient=p&_include=Communication:encounter&_include:iterate=Encounter:service-provider",
        "Communication",
        {"Encounter": ("Encounter",), "Organization": ("Encounter", "Organization")},
    ),
    (
        "/Communication?patient=p&_include=*",
        "Communication",
        {"Encounter": ("Encounter",), "Patient": ("Patient",), "RelatedPerson": ("RelatedPerson",)},
    ),
    ("/Encounter?patient=p&_revinclude=Communication:encounter", "Encounter", {"Communication": ("Communication",)}),
)

#: What is asked of others than those found, and of which types scopes must name all.
ASKED_OF: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("/RelatedPerson?patient=p&patient:Patient.active:missing=true", ("RelatedPerson", "Patient")),
    ("/Patient?_id=p&_has:RelatedPerson:patient:name=kin", ("Patient", "RelatedPerson")),
    ("/Communication?patient=p&encounter:Encounter.status=finished", ("Communication", "Encounter")),
    ("/Communication?patient=p&encounter.service-provider.name=ward", ("Communication", "Encounter", "Organization")),
    ("/Communication?patient=p&sender:RelatedPerson.name=kin", ("Communication", "RelatedPerson")),
    (
        "/Encounter?patient=p&_has:Communication:encounter:sender:RelatedPerson.name=kin",
        ("Encounter", "Communication", "RelatedPerson"),
    ),
    ("/Encounter/e/Communication", ("Encounter", "Communication")),
    ("/Patient/p/RelatedPerson", ("RelatedPerson",)),
    ("/RelatedPerson/kin/_history", ("RelatedPerson",)),
)
OF_ALL_TYPES: Final = ("/Patient/p/$everything", "/Patient/p/*")


@pytest.fixture(scope="module", autouse=True)
async def world(area: Any) -> None:
    for each in WORLD:
        answer = await area.supplier.send("PUT", f"/{each['resourceType']}/{each['id']}", each)
        assert answer.status_code == 201, answer.text


@pytest.fixture
def granted(area: Any, principals: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a function to an asker whose token may read and search some types."""

    def asker(name: str, types: Sequence[str], letters: str = "rs") -> Any:
        scopes = tuple(f"{'system' if name == 'supplier' else 'user'}/{each}.{letters}" for each in types)
        token = f"{name} {' '.join(scopes)}"
        monkeypatch.setitem(principals, token, replace(principals[name], scopes=scopes, token_id=token))
        return area.asker(token)

    return asker


def choices(types: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for size in range(len(types) + 1):
        yield from combinations(types, size)


def shown(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.text
    resources = [each["resource"] for each in answer.json().get("entry", [])]
    return {each["resourceType"] for each in resources} - {"OperationOutcome"}


@pytest.mark.parametrize("name", ["gp", "supplier"])
@pytest.mark.parametrize(("path", "found", "included"), INCLUDED)
async def test_hazard_sensitive_item_exposed_an_include_shows_the_types_that_scopes_name(
    area: Any, granted: Callable[..., Any], name: str, path: str, found: str, included: Mapping[str, tuple[str, ...]]
) -> None:
    """A type is shown where scopes name it and every type through which it is reached."""
    assert shown(await area.asker(name).get(path)) == {found, *included}
    for types in choices([*included]):
        answer = await granted(name, (found, *types)).get(path)
        assert shown(answer) == {found} | {each for each, way in included.items() if {*way} <= {*types}}, types
        # Hazard: "none" inferred from what was not looked at.
        assert {*types} == {*included} or "scope-narrowed" in answer.text


@pytest.mark.parametrize("name", ["gp", "supplier"])
@pytest.mark.parametrize(("path", "needed"), ASKED_OF)
async def test_hazard_sensitive_item_exposed_nothing_is_asked_of_a_type_that_scopes_do_not_name(
    area: Any, granted: Callable[..., Any], name: str, path: str, needed: tuple[str, ...]
) -> None:
    everything = await area.asker(name).get(path)
    assert everything.json()["entry"]
    # A system's search in a compartment looks for references and reads no owner.
    reads_owner = name == "gp" or "/e/" not in path
    # Without any scope the role alone decides.
    for types in filter(None, choices(sorted(EVERY - {"EpisodeOfCare", "Practitioner"}))):
        answer = await granted(name, types).get(path)
        may = {*needed} <= {*types} or (not reads_owner and "Communication" in types)
        assert answer.status_code == (200 if may else 403), (types, answer.text)
        assert not may or answer.json()["entry"] == everything.json()["entry"]


@pytest.mark.parametrize("name", ["gp", "supplier"])
@pytest.mark.parametrize("path", OF_ALL_TYPES)
async def test_what_is_of_all_types_needs_a_scope_of_all(granted: Callable[..., Any], name: str, path: str) -> None:
    assert (await granted(name, sorted(EVERY)).get(path)).status_code == 403
    assert (await granted(name, ["*"]).get(path)).status_code == 200


async def test_the_history_of_all_types_needs_a_scope_of_all(granted: Callable[..., Any]) -> None:
    assert (await granted("supplier", sorted(EVERY)).get("/_history")).status_code == 403
    assert (await granted("supplier", ["*"]).get("/_history")).status_code == 200
    assert shown(await granted("supplier", ["Patient"]).get("/Patient/_history")) == {"Patient"}


async def test_an_untyped_chain_goes_to_the_types_that_scopes_name(granted: Callable[..., Any]) -> None:
    path = "/Communication?patient=p&sender.name=kin"
    assert shown(await granted("gp", ["Communication", "RelatedPerson"]).get(path)) == {"Communication"}
    assert shown(await granted("gp", ["Communication", "Patient", "Organization"]).get(path)) == set()
    assert (await granted("gp", ["Communication", "Encounter"]).get(path)).status_code == 403
