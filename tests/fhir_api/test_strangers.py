"""Persons of whom a system knows nothing. Hazard: a sensitive item exposed, by a write that tells that somebody is here.

What a system is told is compared, byte for byte, between two areas that differ in nothing but a person whom it may not see.
"""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

from tests.record.test_two_worlds import Telling

from lhcr.nhs.systems import NHS_NUMBER

_REFERENCE = re.compile(r"D-[0-9A-Z]{13}")
_ASSIGNED = re.compile(r"\b[0-9a-f]{32}\b|\d{4}-\d\d-\d\dT[0-9:.]+Z")
HIDDEN = {"system": NHS_NUMBER, "value": "9990000018"}
OWN = {"system": NHS_NUMBER, "value": "9990000026"}
_BOTH = [{"actor": {"reference": f"Patient/{name}"}, "status": "accepted"} for name in ("theirs", "ours")]
_PROVENANCE: dict[str, Any] = {
    "resourceType": "Provenance",
    "recorded": "2024-01-01T00:00:00Z",
    "agent": [{"who": {"display": "Somebody"}}],
}
LOCAL = {"system": "https://hospital.example/numbers", "value": "h1"}


async def test_a_system_writes_about_a_person_of_another_source_as_about_nobody(area: Any, build: Any) -> None:
    other = area.asker("other-supplier")
    theirs = await other.create(build.patient())
    about_theirs = await area.supplier.send("POST", "/Observation", build.observation(theirs["id"]))
    about_nobody = await area.supplier.send("POST", "/Observation", build.observation("never-was"))
    assert about_theirs.status_code == about_nobody.status_code == 422
    assert about_theirs.json()["issue"] == about_nobody.json()["issue"]


async def test_a_system_writes_about_a_person_whom_it_has_registered_itself(area: Any, build: Any) -> None:
    number = {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000069"}
    theirs = await area.asker("other-supplier").create(build.patient(identifier=[number]))
    own = await area.supplier.create(build.patient(identifier=[number]))
    written = await area.supplier.send("POST", "/Observation", build.observation(own["id"]))
    assert written.status_code == 201
    # Hazard: an id never reveals the person. That another source's id is theirs is not to be found out by writing.
    by_their_id = await area.supplier.send("POST", "/Observation", build.observation(theirs["id"]))
    nobodys = await area.supplier.send("POST", "/Observation", build.observation("never-was"))
    assert (by_their_id.status_code, by_their_id.json()["issue"]) == (422, nobodys.json()["issue"])


async def hide(asker: Any, build: Any) -> None:
    """Let another source know a person whom the supplier may not see, with entries under ids that can be guessed."""
    encounter = {"status": "finished", "class": {"code": "AMB"}, "subject": {"reference": "Patient/theirs"}}
    for resource in (
        build.patient(id="theirs", identifier=[HIDDEN], birthDate="1950-01-01"),
        build.observation("theirs", id="their-observation", status="amended"),
        {"resourceType": "Encounter", "id": "their-encounter", **encounter},
        {"resourceType": "Appointment", "id": "their-appointment", "status": "booked", "participant": _BOTH},
        {**_PROVENANCE, "id": "their-provenance", "target": [{"reference": "Patient/theirs"}]},
    ):
        made = await asker.send("PUT", f"/{resource['resourceType']}/{resource['id']}", resource)
        assert made.status_code == 201, made.text


class Script:
    """What the supplier sends and asks, and all that it is told."""

    def __init__(self, asker: Any, build: Any) -> None:
        self._asker = asker
        self._build = build
        self.telling = Telling()

    async def run(self) -> None:
        await self._write_about_them()
        await self._write_about_our_own()
        await self._refer_to_theirs()
        await self._search()
        await self._mistake_the_number()
        await self._come_to_know_them()

    async def _send(self, method: str, path: str, resource: Any = None, **headers: str) -> Any:
        patching = {"content-type": "application/json-patch+json"} if method == "PATCH" else {}
        sent = {"content": json.dumps(resource)} if resource is not None else {}
        content = {"content-type": "application/fhir+json", **patching}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response = await self._asker.ask(method, path, headers={**content, **named}, **sent)
        shown = [response.headers.get(name) for name in ("location", "etag")]
        self.telling.add(method, path, response.status_code, shown, _REFERENCE.sub("", _in_order(response.text)))
        return response

    async def _write_about_them(self) -> None:
        observation = self._build.observation
        number = {"identifier": HIDDEN}
        for subject in ({"reference": "Patient/theirs"}, number, {"reference": "Patient/theirs", **number}):
            await self._send("POST", "/Observation", observation("", subject=subject))
        searched = {"reference": f"Patient?identifier={NHS_NUMBER}|{HIDDEN['value']}"}
        await self._send("POST", "/Observation", observation("", subject=searched))
        for condition in ("_id=theirs", f"identifier={HIDDEN['value']}"):
            await self._send("PUT", f"/Observation?subject:Patient.{condition}", observation("theirs"))
            await self._send("DELETE", f"/Patient?{condition}")
            await self._send("PATCH", f"/Patient?{condition}", [])
        for method, headers in (("DELETE", {}), ("DELETE", {"if_match": 'W/"1"'}), ("GET", {}), ("PATCH", {})):
            await self._send(method, "/Patient/theirs", [] if method == "PATCH" else None, **headers)
            await self._send(method, "/Observation/their-observation", [] if method == "PATCH" else None, **headers)

    async def _write_about_our_own(self) -> None:
        ours = self._build.patient(id="ours", identifier=[OWN, LOCAL], birthDate="1980-05-05")
        await self._send("PUT", "/Patient/ours", ours)
        observation = self._build.observation
        naming: list[dict[str, Any]] = [
            {"subject": {"reference": "Patient/ours", "identifier": HIDDEN}},
            {"performer": [{"identifier": HIDDEN}]},
            {"focus": [{"reference": "Patient/theirs"}]},
        ]
        for index, more in enumerate(naming):
            await self._send("PUT", f"/Observation/o{index}", observation("ours", id=f"o{index}", **more))
            await self._send("GET", f"/Observation/o{index}")
            await self._send("PUT", f"/Observation/o{index}", observation("theirs", id=f"o{index}"))

    async def _refer_to_theirs(self) -> None:
        theirs, encounter = {"reference": "Observation/their-observation"}, {"reference": "Encounter/their-encounter"}
        basket = {"resourceType": "List", "status": "current", "mode": "working"}
        task = {"resourceType": "Task", "status": "draft", "intent": "order"}
        self._entries = [
            self._build.observation("ours", id="r0", encounter=encounter),
            self._build.observation("ours", id="r1", hasMember=[theirs]),
            {**_PROVENANCE, "id": "r2", "target": [theirs]},
            {**_PROVENANCE, "id": "r3", "target": [{"reference": "Patient/theirs"}]},
            {**_PROVENANCE, "id": "r4", "target": [theirs, {"reference": "Observation/o0"}]},
            {**basket, "id": "r5", "entry": [{"item": theirs}]},
            {**task, "id": "r6", "focus": theirs},
        ]
        for entry in self._entries:
            path = f"/{entry['resourceType']}/{entry['id']}"
            await self._send("PUT", path, entry)
            await self._send("POST", f"/{entry['resourceType']}", {**entry, "id": "x"})
            await self._send("GET", path)
            await self._send("GET", f"{path}/_history")
        await self._send("POST", "", self._bundle("batch", self._entries))
        await self._send("POST", "", self._bundle("transaction", self._entries))

    def _bundle(self, kind: str, resources: list[Any], **more: Any) -> Any:
        entries = [
            {"resource": each, "request": {"method": "PUT", "url": f"{each['resourceType']}/{each['id']}"}}
            for each in resources
        ]
        return {"resourceType": "Bundle", "type": kind, "entry": entries, **more}

    async def _search(self) -> None:
        for path in (
            "/Observation?subject=Patient/ours&_include=Observation:encounter&_include=Observation:has-member",
            "/Observation?subject=Patient/ours&_include=Observation:subject&_include=Observation:focus",
            "/Observation?encounter.status=finished",
            "/Observation?encounter=Encounter/their-encounter",
            "/Observation?has-member.status=amended",
            "/Provenance?_include=Provenance:target",
            "/Provenance?target:Observation.status=amended",
            "/List?_include=List:item",
            "/Task?_include=Task:focus",
            "/Encounter?_revinclude=Observation:encounter",
            "/Patient?_has:Observation:patient:status=amended",
            f"/Patient?identifier={HIDDEN['value']}",
            "/Appointment?patient=theirs",
            "/Appointment?patient=ours&actor=Patient/theirs",
            f"/Appointment?patient.identifier={NHS_NUMBER}|{HIDDEN['value']}",
            "/Patient/ours/Appointment?patient=theirs",
            "/Patient/theirs/Appointment?patient=ours",
            "/Provenance?target=Patient/theirs",
            "/Patient/ours/$everything",
        ):
            await self._send("GET", path)

    async def _mistake_the_number(self) -> None:
        """Their number is typed into a Patient whose name and birth date are others, added to our own, and corrected."""
        other = {"name": [{"family": "Other"}], "birthDate": "1990-09-09"}
        guessed = self._build.patient(id="guessed", identifier=[HIDDEN]) | other
        condition = f"identifier={HIDDEN['value']}"
        for resource in (guessed, guessed | {"birthDate": "1991-01-01"}):
            await self._send("PUT", "/Patient/guessed", resource)
            await self._send("POST", "/Patient", guessed, if_none_exist=condition)
            about = self._build.observation("", subject={"identifier": HIDDEN})
            await self._send("PUT", "/Observation/g", about | {"id": "g"})
            await self._send("POST", "", self._bundle("batch", [resource, about | {"id": "g"}]))
            await self._send("GET", f"/Patient?{condition}")
            await self._send("GET", "/Patient/guessed/$everything")
        await self._send("DELETE", "/Observation/g")
        corrected = {name: value for name, value in guessed.items() if name != "identifier"}
        assert (await self._send("PUT", "/Patient/guessed", corrected)).status_code == 200
        assert (await self._send("DELETE", f"/Patient?{condition}")).status_code == 204
        ours = self._build.patient(id="ours", identifier=[OWN, LOCAL, HIDDEN], birthDate="1980-05-05")
        await self._send("PUT", "/Patient/ours", ours)
        await self._send("PUT", "/Patient/ours", ours | {"identifier": [OWN, LOCAL]})

    async def _come_to_know_them(self) -> None:
        """The number comes with a Patient of our own: from then on we know the person, and still nothing of others."""
        known = {**self._build.patient(id="known", identifier=[HIDDEN]), "birthDate": "1950-01-01"}
        about = [self._build.observation("known", id="a0"), self._build.observation("theirs", id="a1")]
        await self._send("POST", "", self._bundle("transaction", [known, *about]))
        met = await self._send("PUT", "/Patient/known", known, if_none_exist=f"identifier={HIDDEN['value']}")
        assert met.status_code == 201
        await self._send("POST", "", self._bundle("transaction", [known, about[0]]))
        patch = base64.b64encode(json.dumps([{"op": "add", "path": "/active", "value": True}]).encode()).decode()
        binary = {"resourceType": "Binary", "contentType": "application/json-patch+json", "data": patch}
        request = {"method": "PATCH", "url": f"Patient?identifier={HIDDEN['value']}"}
        await self._send("POST", "", self._bundle("batch", []) | {"entry": [{"resource": binary, "request": request}]})
        by_number = self._build.observation("", id="a2", subject={"identifier": HIDDEN})
        for entry in (about[1], by_number, *self._entries):
            await self._send("PUT", f"/{entry['resourceType']}/{entry['id']}", entry)
        await self._search()
        for path in ("/Patient/known", "/Patient/known/_history", "/Patient/known/$everything", "/Patient/theirs"):
            await self._send("GET", path)


def _in_order(text: str) -> str:
    """Put the entries of a Bundle that is found in an order that does not follow from assigned ids, which are by chance."""
    told = json.loads(text) if text else {}
    if told.get("type") != "searchset" or "entry" not in told:
        return text
    told["entry"].sort(key=lambda each: _ASSIGNED.sub("", json.dumps(each)))
    return json.dumps(told)


async def told(make_area: Any, dsn: str, build: Any, *, hidden: bool) -> list[str]:
    async with make_area(dsn) as area:
        if hidden:
            await hide(area.asker("other-supplier"), build)
        script = Script(area.supplier, build)
        await script.run()
        return script.telling.comparable()


async def test_a_system_is_told_the_same_whether_or_not_somebody_whom_it_may_not_see_is_here(
    make_area: Any, migrated_database: Callable[[], str], build: Any
) -> None:
    alone = await told(make_area, migrated_database(), build, hidden=False)
    beside = await told(make_area, migrated_database(), build, hidden=True)
    assert len(alone) > 100
    for one, other in zip(alone, beside, strict=True):
        assert one == other
