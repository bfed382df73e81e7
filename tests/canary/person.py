"""The marked person: what three organisations and more hold about the demonstration's first person, under the marks."""

import json
from datetime import date
from pathlib import Path
from typing import Any, Final

from tests.canary import marks

from lhcr.cli.database import connect
from lhcr.cli.demonstration_mark import mark_demonstration
from lhcr.cli.loading import make_loader
from lhcr.demo.access_policy import ACCESS_POLICY
from lhcr.demo.generate import generate
from lhcr.demo.organisations import BY_ODS
from lhcr.demo.people import DEMO_PEOPLE
from lhcr.fhir.json_document import write_json
from lhcr.identity.area_settings import ACCESS_POLICY as ACCESS_POLICY_SETTING
from lhcr.identity.area_settings import setting_made_once
from lhcr.ingest.source_entry import Form, Origin, SourceEntry
from lhcr.kernel.clock import SystemClock
from lhcr.kernel.settings import Settings
from lhcr.nhs.ods import OdsCode
from lhcr.parts import running_parts

#: Who of the demonstration's people is marked stands first in each source's contributions, with this end of a local number.
_FIRST: Final = "-0000"


async def fill(dsn: str) -> None:
    """Make a database a demonstration whose one person carries the marks."""
    connection = await connect(dsn)
    try:
        await mark_demonstration(connection)
        await setting_made_once(connection, ACCESS_POLICY_SETTING, make=lambda: ACCESS_POLICY)
    finally:
        await connection.close()
    async with running_parts(Settings(_env_file=None), dsn, clock=SystemClock()) as parts:  # type: ignore[call-arg]
        for source, entries in contributions():
            loader = await make_loader(parts, source=OdsCode(source), source_name=BY_ODS[source].name)
            outcome = await loader.load([_sent(entry) for entry in entries], defer=False)
            assert not outcome.rejections


def contributions() -> list[tuple[str, list[dict[str, Any]]]]:
    """Return by source the entries of the directory and of the marked person."""
    found = []
    for contribution in generate(len(DEMO_PEOPLE), seed=1, today=date(2026, 11, 23)):
        entries: list[dict[str, Any]] = contribution.bundle["entry"]
        patients = [each["resource"] for each in entries if each["resource"]["resourceType"] == "Patient"]
        if not patients or patients[0]["id"].endswith(_FIRST):
            found.append((contribution.source_ods, [_marked(each) for each in entries]))
    return found


def _marked(entry: dict[str, Any]) -> dict[str, Any]:
    resource = entry["resource"]
    if resource["resourceType"] == "Patient":
        resource = resource | {
            "name": [{"use": "official", "family": marks.FAMILY, "given": [marks.GIVEN]}],
            "telecom": [
                {"system": "phone", "value": marks.TELEPHONE, "use": "home"},
                {"system": "email", "value": marks.EMAIL, "use": "home"},
            ],
            "address": [{"use": "home", "line": [marks.STREET], "city": "Aldermere", "postalCode": marks.POSTCODE}],
        }
    elif resource["resourceType"] == "AllergyIntolerance":
        resource = resource | {"code": {"text": marks.ALLERGY}}
    return {**entry, "resource": resource}


def _sent(entry: dict[str, Any]) -> SourceEntry:
    return SourceEntry(
        origin=Origin(file="marked", place=entry["request"]["url"]),
        form=Form.JSON_BUNDLE_ENTRY,
        content=write_json(entry),
        carries_request=True,
    )


def write_files(folder: Path) -> Path:
    """Write files of the person that can be loaded and files that break in every way, and return their folder."""
    folder.mkdir()
    patient = next(
        each["resource"]
        for _, entries in contributions()
        for each in entries
        if each["resource"]["resourceType"] == "Patient"
    )
    whole = json.dumps(patient)
    written = {
        "good.json": whole,
        "cut.json": whole[:-40],
        "wrong.json": json.dumps(patient | {"birthDate": marks.FAMILY, "gender": marks.NUMBER, marks.FAMILY: marks.NUMBER}),
        "number.json": json.dumps(patient | {"id": marks.NUMBER, "identifier": [{"value": marks.NUMBER, "system": marks.FAMILY}]}),
        "reference.json": json.dumps({"resourceType": "Observation", "id": "o", "status": marks.FAMILY, "subject": {"reference": f"Patient/{marks.NUMBER}"}}),
        "lines.ndjson": f"{whole}\n{whole[:50]}\n{marks.NUMBER} {marks.FAMILY}\n",
        "markup.xml": f"<Patient xmlns='http://hl7.org/fhir'><{marks.FAMILY} value='{marks.NUMBER}'/>",
        "packed.json.gz": whole,
    }  # fmt: skip
    for name, text in written.items():
        (folder / name).write_text(text)
    return folder
