"""The whole record of a person: everything that the asker may see, each page a part of it, and nothing dropped on the way."""

import random
from datetime import UTC, datetime

import pytest
from tests.record.area import GP, HOSPITAL, Area, clinician_at, post, put, refusal
from tests.record.made import (
    allergy,
    encounter,
    labelled,
    medication,
    number,
    observation,
    patient,
    prescription,
)

from lhcr.fhir.search.catalogue import type_name
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import LhcrError
from lhcr.kernel.json_types import JsonObject
from lhcr.record.everything import Range

Place = tuple[str, str]


def microseconds(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1_000_000)


class Kept:
    """A record of three sources about one person, with what each entry is: its source, label, year and medicine."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.entries: dict[Place, tuple[str, str, int | None]] = {}
        self.drugs: dict[Place, tuple[str, set[Place]]] = {}

    async def write(self, area: Area) -> None:
        for asker, own in ((area.surgery, "s"), (area.hospital, "h"), (area.pharmacy, "f")):
            organisation = asker.principal.organisation
            await asker.update(patient(number(1), id=own))
            await asker.update(patient(number(2), id=f"{own}-other"))
            await asker.update(labelled(medication(id=f"{own}-drug"), "N"))
            self.drugs["Medication", f"{own}-drug"] = (organisation, set())
            drafts = [self._entry(organisation, own, place) for place in range(25)]
            drafts.append(observation(f"Patient/{own}-other", id=f"{own}-others"))
            drafts.append(medication(id=f"{own}-unused"))
            await asker.transaction(*map(put, drafts))
            gone = [key for key in self.entries if key[1].startswith(own)][::9]
            for key in gone:
                await asker.delete("/".join(key))
                del self.entries[key]

    def _entry(self, organisation: str, own: str, place: int) -> JsonObject:
        year = self._random.choice([None, 1999, 2010, 2020])
        label = self._random.choice("NNNV")
        own_id, about = f"{own}{place:02}", f"Patient/{own}"
        dated = {} if year is None else {"effectiveDateTime": f"{year}-06-01"}
        made: JsonObject = self._random.choice(
            [
                observation(about, id=own_id, **dated),
                allergy(about, id=own_id) | ({} if year is None else {"onsetDateTime": f"{year}-06-01"}),
                encounter(about, id=own_id)
                | ({} if year is None else {"period": {"start": f"{year}-06-01", "end": f"{year}-06-02"}}),
                prescription(about, f"Medication/{own}-drug", id=own_id)
                | ({} if year is None else {"authoredOn": f"{year}-06-01"}),
            ]
        )
        key = (made["resourceType"], own_id)
        self.entries[key] = (organisation, label, year)
        if made["resourceType"] == "MedicationRequest":
            self.drugs["Medication", f"{own}-drug"][1].add(key)
        return labelled(made, label)

    def seen_by(self, principal: Principal) -> list[Place]:
        own = principal.organisation

        def seen(source: str, label: str) -> bool:
            return source == own or (principal.kind.value == "professional" and label != "V")

        entries = [key for key, (source, label, _) in self.entries.items() if seen(source, label)]
        drugs = [key for key, (source, users) in self.drugs.items() if seen(source, "N") and users & set(entries)]
        return sorted(entries + drugs)


@pytest.mark.parametrize(("principal", "own"), [(GP, "s"), (HOSPITAL, "h")], ids=["clinician", "system"])
async def test_the_whole_record_is_everything_that_the_asker_may_see(
    area: Area, principal: Principal, own: str
) -> None:
    """Hazard: partial shown as complete. Also what the entries refer to and names nobody: a prescription's medicine."""
    kept = Kept(11)
    await kept.write(area)
    asker = area.asks(principal)
    found = (await asker.everything(f"Patient/{own}")).found
    assert [each.type for each in found].count("Patient") == 1
    assert sorted((each.type, each.id) for each in found if each.type != "Patient") == kept.seen_by(principal)
    for each in found:
        assert (await area.rows("SELECT body FROM resource WHERE id = $1 AND body = $2", each.id, each.body)) or (
            each.type == "Patient"
        )
    # The order of pages does not matter to what they hold, and no page but the last is short.
    for count in (1, 3, 7, 1000):
        paged = await asker.everything_in_pages(f"Patient/{own}", count=count)
        assert sorted(paged) == sorted(found)


async def test_a_range_of_dates_never_drops_what_has_no_date(area: Area) -> None:
    """Hazard: an undated allergy that is left out of a period reads as no allergy."""
    kept = Kept(12)
    await kept.write(area)
    hospital, own = area.hospital, {key: year for key, (source, _, year) in kept.entries.items() if source == "RRE"}
    for low, high in ((2005, 2015), (2005, None), (None, 2005), (2011, 2012)):
        asked = Range(low=None if low is None else microseconds(low), high=None if high is None else microseconds(high))
        found = (await hospital.everything("Patient/h", asked=asked)).found
        lasting = {"AllergyIntolerance", "MedicationRequest"}
        expected = {
            key
            for key, year in own.items()
            if year is None or ((key[0] in lasting or (low or 0) <= year) and year < (high or 9999))
        }
        assert {(each.type, each.id) for each in found if each.type not in {"Patient", "Medication"}} == expected


def said(system: str, *codes: str) -> JsonObject:
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code} for code in codes]}


def old_entries() -> dict[str, JsonObject]:
    """Entries of 1999: those that are in force have a name that says so."""
    about, day = "Patient/h", "1999-06-01"
    sick = {"resourceType": "Condition", "code": {"text": "Asthma"}, "subject": {"reference": about}}
    sick["onsetDateTime"] = day
    drug = prescription(about, "Medication/none") | {"authoredOn": day}
    del drug["medicationReference"]
    drug["medicationCodeableConcept"] = {"text": "Insulin"}
    hay = allergy(about, onsetDateTime=day)
    active, local = said("allergyintolerance-clinical", "active"), {"coding": [{"system": "urn:x", "code": "resolved"}]}
    confirmed = said("allergyintolerance-verification", "confirmed")
    not_ours = {"coding": [{"system": "urn:x", "code": "inactive"}]}
    not_refuted = {"coding": [{"system": "https://refuted.example", "code": "refuted"}]}
    stu3 = {"coding": [{"system": "http://hl7.org/fhir/allergy-clinical-status", "code": "inactive"}]}
    both = {"coding": [*local["coding"], *active["coding"]]}
    return {
        "in-force-allergy": hay | {"clinicalStatus": active, "verificationStatus": confirmed},
        "in-force-allergy-unsaid": hay,
        "in-force-allergy-two-words": hay | {"clinicalStatus": both},
        "in-force-allergy-own-word": hay | {"clinicalStatus": not_ours},
        "in-force-allergy-own-doubt": hay | {"clinicalStatus": active, "verificationStatus": not_refuted},
        "in-force-problem-own-word": sick | {"clinicalStatus": not_ours},
        "in-force-problem": sick | {"clinicalStatus": said("condition-clinical", "active")},
        "in-force-remission": sick | {"clinicalStatus": said("condition-clinical", "remission")},
        "in-force-medicine": drug,
        "in-force-pause": drug | {"status": "on-hold"},
        "ended-allergy": hay | {"clinicalStatus": said("allergyintolerance-clinical", "resolved")},
        "ended-allergy-of-an-older-version": hay | {"clinicalStatus": stu3},
        "ended-allergy-without-system": hay | {"clinicalStatus": {"coding": [{"code": "resolved"}]}},
        "ended-refuted": hay | {"verificationStatus": said("allergyintolerance-verification", "refuted")},
        "ended-problem": sick | {"clinicalStatus": said("condition-clinical", "inactive")},
        "ended-medicine": drug | {"status": "completed"},
        "ended-result": observation(about, effectiveDateTime=day),
    }


async def test_a_period_keeps_what_began_before_it_and_is_still_in_force(area: Area) -> None:
    """Hazard: an allergy, a problem or a medicine of today that is left out because it began long ago."""
    await area.hospital.update(patient(number(1), id="h"))
    made = old_entries()
    await area.hospital.transaction(*(put(entry | {"id": own_id}) for own_id, entry in made.items()))
    found = (await area.hospital.everything("Patient/h", asked=Range(low=microseconds(2020)))).found
    assert {each.id for each in found} == {"h"} | {own_id for own_id in made if own_id.startswith("in-force")}
    found = (await area.hospital.everything("Patient/h", asked=Range(high=microseconds(1990)))).found
    assert {each.id for each in found} == {"h"}


async def test_types_narrow_the_record_and_what_it_refers_to(area: Area) -> None:
    kept = Kept(13)
    await kept.write(area)
    for types in (("Observation",), ("MedicationRequest", "Medication"), ("Medication",), ("Patient",), ()):
        found = (await area.gp.everything("Patient/s", asked=Range(types=types))).found
        assert {each.type for each in found} <= set(types)
        expected = [key for key in kept.seen_by(GP) if key[0] in types]
        assert sorted((each.type, each.id) for each in found if each.type != "Patient") == expected


async def test_changes_since_an_instant_are_those_and_no_others(area: Area) -> None:
    kept = Kept(14)
    await kept.write(area)
    rows = await area.rows(
        "SELECT type, id, last_updated FROM resource WHERE person_id > 0 AND id LIKE 'h%' ORDER BY 3"
    )
    for since in (rows[0]["last_updated"], rows[len(rows) // 2]["last_updated"], datetime(2100, 1, 1, tzinfo=UTC)):
        found = (await area.hospital.everything("Patient/h", asked=Range(since=since))).found
        changed = {(type_name(row["type"]), row["id"]) for row in rows if row["last_updated"] >= since}
        expected = {key for key in changed if key in kept.entries or key == ("Patient", "h")}
        assert {(each.type, each.id) for each in found if each.type != "Medication"} == expected


async def test_changes_since_an_instant_end_where_a_write_is_still_open(area: Area) -> None:
    """Hazard: whoever asks again since their last answer would never see what was written meanwhile and committed later."""
    await area.hospital.update(patient(number(1), id="h"))
    began = await area.value("SELECT clock_timestamp()")
    async with area.pool.acquire() as connection, connection.transaction():
        await connection.execute(
            "SELECT pg_advisory_xact_lock_shared((19528::bigint << 48) |"
            " floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)"
        )
        await area.hospital.update(observation("Patient/h", id="later"))
        during = (await area.hospital.everything("Patient/h", asked=Range(since=began))).found
        whole = (await area.hospital.everything("Patient/h")).found
    after = (await area.hospital.everything("Patient/h", asked=Range(since=began))).found
    assert [each.id for each in during] == []
    assert [each.id for each in whole] == ["h", "later"]
    assert [each.id for each in after] == ["later"]


async def test_the_record_of_somebody_who_is_absent_hidden_or_deleted_is_refused_and_logged(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="h"))
    await area.surgery.update(labelled(patient(number(2), id="s"), "V"))
    await area.hospital.update(patient(number(2), id="second"))
    assert await refusal(area.pharmacy.everything("Patient/h")) == (404, "not-found")
    assert await refusal(area.doctor.everything("Patient/s")) == (404, "not-found")
    await area.hospital.delete("Patient/h")
    assert await refusal(area.hospital.everything("Patient/h")) == (410, "deleted")
    assert [entry["outcome"] for entry in await area.entries()][-1] == "8"


async def test_a_system_gathers_its_own_entries_whomever_they_name(area: Area) -> None:
    await area.hospital.update(patient(number(1), id="h"))
    await area.hospital.update(patient(number(2), id="other"))
    await area.hospital.update(observation("Patient/h", id="both", focus=[{"reference": "Patient/other"}]))
    assert {each.id for each in (await area.hospital.everything("Patient/h")).found} == {"h", "both"}
    shown = {each.id: each.body for each in (await area.doctor.everything("Patient/h")).found}
    assert shown.keys() == {"h", "both"}
    assert b"Patient/other" not in shown["both"]


async def test_a_medicine_is_not_shown_by_way_of_an_entry_that_is_hidden(area: Area) -> None:
    await area.surgery.update(patient(number(1), id="s"))
    await area.hospital.update(patient(number(1), id="h"))
    await area.hospital.update(medication(id="drug"))
    await area.hospital.update(labelled(prescription("Patient/h", "Medication/drug", id="hidden"), "V"))
    assert {each.id for each in (await area.gp.everything("Patient/s")).found} == {"s"}
    await area.hospital.update(prescription("Patient/h", "Medication/drug", id="plain"))
    assert {each.id for each in (await area.gp.everything("Patient/s")).found} == {"s", "plain", "drug"}


async def test_whoever_has_no_relationship_is_refused(area: Area) -> None:
    await area.hospital.transaction(post(patient(number(1)), full_url="urn:uuid:p"), post(observation("urn:uuid:p")))
    await area.hospital.update(patient(number(1), id="h"))
    with pytest.raises(LhcrError) as caught:
        await area.asks(clinician_at("B82002")).everything("Patient/h")
    assert caught.value.status == 403
