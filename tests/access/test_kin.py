"""Flags of staff who look at themselves, at family or at neighbours: who is flagged, who is not, and what is kept for that."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.access.conftest import Cast

from lhcr.access.kin import PROJECTED_KIN, FlagKind, Opening, flags
from lhcr.access.kin_digest import KinDigest, KinDigests, KinKind, kin_digests
from lhcr.access.policy_change import PolicyChanges
from lhcr.access.staff import StaffMember, forget_staff, load_staff, read_staff
from lhcr.kernel.errors import Incorrect
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.nhs.systems import NHS_NUMBER

OWN, OTHER = "9990000018", "9990000026"
ADA: JsonObject = {
    "resourceType": "Patient",
    "identifier": [{"system": NHS_NUMBER, "value": OWN}],
    "name": [{"family": "Fell", "given": ["Ada"]}],
    "address": [{"line": ["1 High Street", "Anytown"], "postalCode": "ZZ99 1AA"}],
}
STAFF = "organisation,user_id,nhs_number,family_name,postcode,address_line\n"
DIGESTS = KinDigests(b"k" * 32)


async def load(world: Any, staff: list[StaffMember]) -> int:
    changes = PolicyChanges(pool=world.pool, log=world.log, clock=world.clock, site="Test Area")
    return await load_staff(changes, Cast().operator, staff, digests=await kin_digests(world.pool))


async def known(world: Any, patient: JsonObject = ADA) -> int:
    person: int = await world.person()
    rows = (await kin_digests(world.pool)).of_patient(patient)
    columns = [[each.kind for each in rows], [each.digest for each in rows]]
    await world.pool.execute(PROJECTED_KIN, [person] * len(rows), [1] * len(rows), *columns)
    return person


def opening(person: int, *, name: str = "Dr Nobody Else", user: str = "u1", organisation: str = "A81001") -> Opening:
    return Opening(person_id=person, organisation=organisation, user_id=user, user_name=name)


async def kinds(world: Any, *openings: Opening) -> list[tuple[int, str]]:
    found = await flags(world.pool, openings=openings)
    return [(openings.index(flag.opening), flag.kind.value) for flag in found]


@pytest.mark.parametrize("name", ["Dr Ben Fell", "FELL", "Nurse B. Féll", "Dr fell "])
async def test_a_user_with_the_family_name_of_the_person_is_flagged(world: Any, name: str) -> None:
    person = await known(world)
    assert await kinds(world, opening(person, name=name)) == [(0, "same-family-name")]


@pytest.mark.parametrize("name", ["", "Dr Fell Fellows", "Fe ll", "-"])
async def test_a_user_with_another_name_is_not(world: Any, name: str) -> None:
    assert await kinds(world, opening(await known(world), name=name)) == []


async def test_staff_who_open_their_own_record_are_flagged_for_that_alone(world: Any) -> None:
    person = await known(world)
    await load(world, read_staff(f"{STAFF}A81001,u1,999 000 0018,Fell,ZZ99 1AA,1 High Street\n".encode()))
    assert await kinds(world, opening(person, name="Dr Ada Fell")) == [(0, "own-record")]


async def test_neighbours_and_families_are_found_by_what_their_organisation_told(world: Any) -> None:
    person, stranger = await known(world), await world.person()
    text = f"{STAFF}A81001,u1,{OTHER},Féll,zz991aa,1 HIGH street\nA81001,u2,,,ZZ99 1AA,2 High Street\n"
    await load(world, read_staff(text.encode()))
    found = await kinds(
        world, opening(stranger), opening(person), opening(person, user="u2"), opening(person, organisation="RRE")
    )
    assert found == [(1, "same-family-name"), (1, "same-address")]


async def test_what_an_organisation_tells_again_takes_the_place_of_what_it_told(world: Any) -> None:
    person = await known(world)
    await load(world, read_staff(f"{STAFF}A81001,u1,{OWN},,,\nRRE,u1,{OWN},,,\n".encode()))
    await load(world, read_staff(f"{STAFF}A81001,u9,{OWN},,,\n".encode()))
    asked = (opening(person), opening(person, organisation="RRE"), opening(person, user="u9"))
    assert await kinds(world, *asked) == [(1, "own-record"), (2, "own-record")]
    changes = PolicyChanges(pool=world.pool, log=world.log, clock=world.clock, site="Test Area")
    await forget_staff(changes, Cast().operator, "A81001")
    assert await kinds(world, *asked) == [(1, "own-record")]
    logged = [entry.decode() for entry in await world.entries()]
    assert [OWN in entry for entry in logged] == [False] * 3
    assert "Staff of A81001: forgotten" in logged[-1]


async def test_hazard_sensitive_item_exposed_no_flag_tells_where_a_restricted_person_lives(world: Any) -> None:
    person = await known(world)
    await load(world, read_staff(f"{STAFF}A81001,u1,,,ZZ99 1AA,1 High Street\n".encode()))
    assert await kinds(world, opening(person)) == [(0, "same-address")]
    await world.pool.execute("INSERT INTO fact_restriction (person_id, rid) VALUES ($1, 2)", person)
    assert await kinds(world, opening(person)) == []


async def test_nothing_that_is_kept_of_staff_can_be_read(world: Any) -> None:
    await load(world, read_staff(f"{STAFF}A81001,u1,{OWN},Fell,ZZ99 1AA,1 High Street\n".encode()))
    kept = str(await world.pool.fetch("SELECT * FROM staff_person")).lower()
    assert [each for each in (OWN, "fell", "zz99", "high") if each in kept] == []


@pytest.mark.parametrize(
    "text",
    [
        b"",
        STAFF.encode(),
        b"organisation,user_id\nA81001,u1\n",
        STAFF.encode() + b"A81001,u1,9990000019,,,\n",
        STAFF.encode() + b"A81001,,,,,\n",
        STAFF.encode() + b"not a code!,u1,,,,\n",
        STAFF.encode() + b"A81001,u1,,,,,,\n",
        STAFF.encode() + b"A81001,u1,9999999999,,,\n",
        STAFF.encode() + b"\xff\xfe",
        STAFF.encode() + b"A81001,u\x001,,,,\n",
        STAFF.encode() + b'A81001,"' + b"u" * 200_000 + b'",,,,\n',
    ],
)
def test_a_file_of_another_form_is_refused_without_its_content(text: bytes) -> None:
    with pytest.raises(Incorrect) as refused:
        read_staff(text)
    assert "9990000019" not in str(refused.value)


@pytest.mark.parametrize("family", ["Smith-Jones", "smith jones", "Smith Jones"])
@pytest.mark.parametrize("user", ["A Smith-Jones", "B Jones", "JONES"])
def test_names_of_several_words_are_alike_by_the_whole_and_by_the_last(family: str, user: str) -> None:
    assert DIGESTS.family_of(user) in DIGESTS.of_patient({"name": [{"family": family}]})


@pytest.mark.parametrize("use", ["home", "temp", "old"])
def test_where_somebody_lived_before_is_not_where_they_live(use: str) -> None:
    address = {"use": use, "line": ["1 High Street"], "postalCode": "ZZ99 1AA"}
    assert bool(DIGESTS.of_patient({"address": [address]})) is (use != "old")


def test_a_number_that_many_share_ties_nobody() -> None:
    assert DIGESTS.of_patient({"identifier": [{"system": NHS_NUMBER, "value": "9999999999"}]}) == frozenset()


def test_two_areas_have_two_digests_and_two_kinds_never_the_same() -> None:
    number = NhsNumber.parse(OWN)
    assert KinDigests(b"a" * 32).number(number) != KinDigests(b"b" * 32).number(number)
    same = DIGESTS.family(OWN)
    assert same is not None
    assert same.digest != DIGESTS.number(number).digest
    assert {kind.name for kind in KinKind} == {"NUMBER", "FAMILY", "ADDRESS"}
    assert len(FlagKind) == len(KinKind)


_JSON = st.recursive(
    st.none() | st.integers() | st.sampled_from(["Fell", "", "ZZ99 1AA", OWN, NHS_NUMBER, "\u0000", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["family", "line", "postalCode", "system", "value", "use"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["name", "address", "identifier"]), _JSON))
def test_no_json_breaks_digests(patient: JsonObject) -> None:
    assert all(isinstance(each, KinDigest) for each in DIGESTS.of_patient(patient))


def test_hostile_lengths_are_bounded() -> None:
    many = {"name": [{"family": f"A{number} B{number}"} for number in range(1_000)]}
    assert len(DIGESTS.of_patient(many)) == 20
    assert DIGESTS.family("x" * 1_000_000) == DIGESTS.family("x" * 200)
