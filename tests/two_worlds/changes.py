"""Changes that are asked of both worlds: those that fail or lose for what is hidden among them, and those that succeed beside it."""

import json
from collections.abc import Iterator
from typing import Any, Final

from tests.two_worlds.cast import ANN, DAN, EVE
from tests.two_worlds.entries import NHS, PROBLEMS, coded
from tests.two_worlds.world import Question, change

_OPERATIONS: Final = [{"op": "add", "path": "/language", "value": "en"}]
_PATCH: Final = {"content-type": "application/json-patch+json"}
#: Patients who are hidden, of people who are seen, and one whom nobody has.
_PATIENTS: Final = ("ann-labelled", "ann-unshared", "bob-coded", "bob-removed", "nobody")
_HIDDEN: Final = ("Condition/ann-labelled-condition-0", "Condition/ann-coded-condition-1", "Condition/bob-objected-condition-0",
                  "Observation/ann-unshared-observation-0", "AllergyIntolerance/bob-unprocessed-allergy", "Condition/ann-redacted-condition-0",
                  "Condition/bob-removed-condition-0", "Organization/hidden-organisation", "Medication/shelf-labelled", "Group/group-labelled",
                  "Procedure/ann-labelled-procedure", "Condition/nothing", "Patient/ann-labelled", "Patient/bob-unprocessed", "Patient/nobody")  # fmt: skip


def changes(word: str) -> Iterator[Question]:
    """Yield what one asker tries; `word` names what they make as theirs."""
    for reference in _HIDDEN:
        yield Question(method="DELETE", target=f"/{reference}", headers={"if-match": 'W/"1"'})
        yield Question(method="PATCH", target=f"/{reference}", headers=_PATCH, body=json.dumps(_OPERATIONS).encode())
        yield Question(method="DELETE", target=f"/{reference}")
    yield from _conditional(word)
    yield from _referring(word)
    yield from _of_people(word)
    yield from _together(word)
    for patient in _PATIENTS:
        yield from _naming(word, patient)


def problem(word: str, **more: Any) -> dict[str, Any]:
    about = {"reference": "Patient/ann-practice"}
    return {"resourceType": "Condition", "subject": about, "code": coded(PROBLEMS[0]), "onsetString": word} | more


def _conditional(word: str) -> Iterator[Question]:
    for query in (
        f"patient=ann-practice&code={PROBLEMS[0]}",
        "patient=ann-practice&identifier=urn:ann-labelled|c0",
        "identifier=urn:bob-objected|c0",
        "patient=bob-practice&onset-info=bob-coded",
        "_id=ann-labelled-condition-1",
    ):
        for _ in range(2):
            yield change("POST", "/Condition", problem(word), if_none_exist=query)
        yield change("PUT", f"/Condition?{query}", problem(f"{word} again"))
        yield Question(
            method="PATCH", target=f"/Condition?{query}", headers=_PATCH, body=json.dumps(_OPERATIONS).encode()
        )
        yield Question(method="DELETE", target=f"/Condition?{query}")


def _referring(word: str) -> Iterator[Question]:
    for reference in ("Encounter/ann-labelled-encounter-0", "Encounter/bob-objected-encounter-0", "Encounter/nothing"):
        own = problem(word, encounter={"reference": reference}, id=f"{word}-by-{reference[10:13]}")
        yield change("POST", "/Condition/$validate", own)
        yield change("PUT", f"/Condition/{own['id']}", own)
        yield change("PUT", f"/Condition/{own['id']}", own, if_match='W/"7"')
        yield Question(method="GET", target=f"/Condition/{own['id']}/_history")
        yield Question(method="GET", target=f"/Condition?_id={own['id']}&_include=Condition:encounter")
    for by in (
        "Encounter?identifier=urn:ann-labelled|e0",
        "Condition?identifier=urn:ann-labelled|c0",
        "Patient?identifier=urn:hidden|ann-coded",
    ):
        yield change("POST", "/List", {"resourceType": "List", "status": "current", "mode": "working", "title": word,
                                       "subject": {"reference": "Patient/ann-practice"}, "entry": [{"item": {"reference": by}}]})  # fmt: skip


def _of_people(word: str) -> Iterator[Question]:
    """About somebody whom a number names whom only hidden sources know, and about one whom others know too."""
    for number in (EVE, DAN, ANN, "9990000131"):
        about = {"type": "Patient", "identifier": {"system": NHS, "value": number}}
        yield change("POST", "/Condition", problem(word, subject=about))
        yield Question(method="GET", target=f"/Condition?patient:identifier={NHS}|{number}")
    yield Question(method="GET", target="/Patient/ann-practice")


def _naming(word: str, patient: str) -> Iterator[Question]:
    """About somebody who is named by the id of a Patient who is hidden, alone and beside what names them by another."""
    about = {"reference": f"Patient/{patient}"}
    own = problem(word, subject=about, id=f"{word}-of-{patient}")
    yield change("POST", "/Condition", problem(word, subject=about))
    yield change("PUT", f"/Condition/{own['id']}", own)
    yield change("POST", "/Condition", problem(word, subject=about), if_none_exist=f"code={PROBLEMS[0]}")
    yield change("POST", "/Condition", problem(word), if_none_exist=f"patient={patient}")
    yield change("PUT", f"/Condition?patient={patient}", problem(word))
    yield Question(method="DELETE", target=f"/Condition?patient={patient}")
    yield Question(method="PATCH", target=f"/Condition?patient={patient}", headers=_PATCH,
                   body=json.dumps(_OPERATIONS).encode())  # fmt: skip
    made = {"request": {"method": "POST", "url": "Condition"}}
    entries = [made | {"resource": problem(word)}, made | {"resource": problem(word, subject=about)}]
    for kind in ("batch", "transaction"):
        for each in (entries, entries[::-1]):
            yield change("POST", "/", {"resourceType": "Bundle", "type": kind, "entry": each})


def _together(word: str) -> Iterator[Question]:
    made = {"request": {"method": "POST", "url": "Condition"}, "resource": problem(word)}
    for other in ("Condition/ann-labelled-condition-0", "Condition/nothing"):
        entries = [made, {"request": {"method": "DELETE", "url": other}}, {"request": {"method": "GET", "url": other}}]
        for kind in ("batch", "transaction"):
            yield change("POST", "/", {"resourceType": "Bundle", "type": kind, "entry": entries})
    yield Question(
        method="GET", target="/Condition?patient=ann-practice&_total=accurate&_sort=-_lastUpdated&_count=200"
    )
