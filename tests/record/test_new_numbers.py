"""A number newly issued, for adoption, gender recognition or protection: what holds today of old and new records apart.

The new record is made as a new person's by its sources, under new ids; nothing of this area's own making links it to the old. The old
one can be removed under an order, source by source. There is no operation that moves entries from one to the other.
"""

from tests.record.area import Area, citizen_with, refusal, sent
from tests.record.made import HOSPITAL_NUMBER, identifier, number, observation, patient
from tests.record.ordering import outside_the_log, places_of, remove

from lhcr.fhir.json_document import read_json
from lhcr.nhs.nhs_number import synthetic

OLD, NEW = "Oldcanary", "Newcanary"
_COLUMNS = """
SELECT table_name::text AS "table", string_agg(
    CASE WHEN data_type = 'bytea' THEN format('encode(%I, ''escape'')', column_name) ELSE format('%I::text', column_name) END, ', ') AS read
FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name ORDER BY table_name
"""


async def tables_that_link(area: Area, old: str, new: str) -> set[str]:
    """Return the tables in which one row says both of two words."""
    parts = [
        f"SELECT '{row['table']}' AS place WHERE EXISTS (SELECT FROM (SELECT concat_ws(' ', {row['read']}) AS said FROM"
        f" \"{row['table']}\") AS t WHERE said ILIKE '%{old}%' AND said ILIKE '%{new}%')"
        for row in await area.rows(_COLUMNS)
    ]
    return {row["place"] for row in await area.rows(" UNION ALL ".join(parts))}


async def scene(area: Area) -> None:
    """One person's old record, and the new one as its source makes it: another name, number and hospital number, other ids."""
    await area.hospital.load(
        sent(patient(number(1), identifier(f"{OLD}-h", system=HOSPITAL_NUMBER), id="old", name=[{"family": OLD}])),
        sent(observation("Patient/old", id="old-o", note=[{"text": OLD}])),
    )
    await area.hospital.load(
        sent(patient(number(2), identifier(f"{NEW}-h", system=HOSPITAL_NUMBER), id="new", name=[{"family": NEW}])),
        sent(observation("Patient/new", id="new-o", note=[{"text": NEW}])),
    )


async def test_hazard_no_row_of_any_table_links_the_new_number_to_the_old(area: Area) -> None:
    """Hazard: a child's family of birth, or a person's former name, found by whoever reads one record and looks for the other."""
    await scene(area)
    old, new = await area.person_of("Patient/old"), await area.person_of("Patient/new")
    assert old != new
    for one, other in ((OLD, NEW), (number(1), number(2)), (OLD, number(2)), (number(1), NEW)):
        assert await tables_that_link(area, one, other) == set()
    assert await area.rows("SELECT * FROM person WHERE survivor_id IS NOT NULL") == []


async def test_hazard_the_new_record_tells_nothing_of_the_old_to_its_person_and_their_carers(area: Area) -> None:
    await scene(area)
    reader = area.asks(citizen_with(number(2)))
    said = b"".join(each.body for each in (await reader.everything("Patient/new")).found)
    assert NEW.encode() in said
    assert OLD.encode() not in said
    assert (await refusal(reader.read("Patient/old")))[0] == 403
    assert (await refusal(area.asks(citizen_with(number(1))).read("Patient/new")))[0] == 403


async def test_a_number_that_is_written_beside_the_old_one_never_becomes_the_persons(area: Area) -> None:
    """Nor does it open the record to whoever holds it: which of two is theirs is for people to settle."""
    await scene(area)
    both = patient(
        number(1), number(3), identifier(f"{OLD}-h", system=HOSPITAL_NUMBER), id="old", name=[{"family": OLD}]
    )
    await area.hospital.load(sent(both))
    assert await area.record.whose_number(synthetic(3)) is None
    assert (await refusal(area.asks(citizen_with(number(3))).read("Patient/old")))[0] == 403


async def test_the_old_record_is_removed_under_an_order_and_the_new_one_stays_whole(area: Area) -> None:
    await scene(area)
    await remove(area, "Patient/old", source="RRE")
    assert outside_the_log(await places_of(area, OLD, number(1))) == set()
    assert read_json((await area.hospital.read("Patient/new")).body or b"")["name"] == [{"family": NEW}]
    assert (await area.hospital.read("Observation/new-o")).version == 1
