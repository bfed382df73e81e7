"""What has happened in both worlds, and what happened in the fuller one besides, hidden in every way in which something can be."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from tests.fhir_api.objecting import objection, to_source
from tests.two_worlds import cast
from tests.two_worlds.cast import ANN, BOB, CAT, DAN, EVE, HOSPITAL, PHARMACY, PRACTICE
from tests.two_worlds.deeds import Deed, agrees, deletes, finds_sensitive, puts, removes, restricts
from tests.two_worlds.entries import HL7, SNOMED, Resource, directory, entries_about, episode, patient, referring

from lhcr.access.agreed import agreed_on
from lhcr.access.policy import baseline_policy

#: Professionals are kept from nothing by this label, so that what hides from them is what is tried.
NOT_TO_THE_PATIENT: Final = {"system": f"{HL7}/v3-ActCode", "code": "NOPAT"}
_HIV: Final = {"system": f"{HL7}/v3-ActCode", "code": "HIV"}
_VERY: Final = {"system": f"{HL7}/v3-Confidentiality", "code": "V"}
_REDACTED: Final = {"system": f"{HL7}/v3-Confidentiality", "code": "REDACTED"}
_RESTRICTED: Final = {"system": f"{HL7}/v3-Confidentiality", "code": "R"}
_BORN: Final = "1980-02-03"
#: Codes that are sensitive by a value set, loaded before they are sent, and after.
KNOWN_CODE, LATER_CODE = "1000611000", "1000612000"
_ALL_BUT_PROBLEMS: Final = sorted(agreed_on(baseline_policy()) - {"problem", "other"})


def history() -> list[Deed]:
    """Return every deed in its order: what is hidden comes before, between and after what is seen."""
    return [*_policies(), *_first(), *_people(), *_interleaved(), *_after()]


def sent_resources() -> list[dict[str, Any]]:
    """Return whatever is put in either world, in its order."""
    return [dict(deed.sent) for deed in history() if deed.sent]


def _policies() -> Iterator[Deed]:
    both = [PRACTICE, PHARMACY]
    begun: dict[str, Any] = {"recipients": both, "from": "2020-01-01"}
    yield agrees(
        begun | {"id": "all", "sources": [cast.UNSHARED], "categories": ["*"], "state": "off"},
        begun | {"id": "part", "sources": [cast.UNSHARED_IN_PART], "categories": _ALL_BUT_PROBLEMS, "state": "open"},
    )
    yield finds_sensitive(KNOWN_CODE, name="known")


def labelled(resource: Resource, *labels: dict[str, str]) -> Resource:
    return resource | {"meta": {"security": [*labels]}}


def _hidden_patient(own_id: str, number: str, *labels: dict[str, str], **more: Any) -> Resource:
    """Return a Patient that would change the golden one.

    Somebody else's by name and birth date would be set apart, and a birth date says how old somebody is: facts that count unseen.
    """
    told = patient(
        own_id,
        number,
        name=[{"use": "official", "family": "Hidden", "given": [own_id.partition("-")[0].title(), "Secret"]}],
        gender="other",
        birthDate=_BORN,
        telecom=[{"system": "phone", "value": "01632 960001"}],
        address=[{"line": ["1 Hidden Street"], "city": "Hiddenham", "postalCode": "ZZ99 3CZ"}],
        maritalStatus={"text": "Hidden"},
        **more,
    )
    told["identifier"].append({"system": "urn:hidden", "value": own_id})
    return labelled(told, *labels)


def _is_kin(resource: Resource) -> bool:
    """Whether an entry is demographics, which a label of Confidentiality restricts for everybody: a fact that counts unseen."""
    return bool(resource["resourceType"] == "RelatedPerson")


def _first() -> Iterator[Deed]:
    """A hidden contribution arrives before any that is seen, so that it would name the golden Patient."""
    for who, number in (("ann", ANN), ("bob", BOB)):
        told = _hidden_patient(f"{who}-labelled", number, _HIV, NOT_TO_THE_PATIENT)
        yield from puts(cast.LABELLED, [told, told | {"gender": "male"}], hidden=True)


def _people() -> Iterator[Deed]:
    places = {"address": [{"line": ["1 Open Street"], "city": "Opentown"}]}
    for who, number in (("ann", ANN), ("bob", BOB), ("cat", CAT)):
        restricted = {"meta": {"security": [_RESTRICTED]}} if who == "cat" else {}
        name = [{"family": "Fell", "given": [who.title()]}]
        ours = patient(f"{who}-practice", number, name=name, birthDate=_BORN, gender="female", **places, **restricted)
        yield from puts(PRACTICE, [ours], hidden=False)
        yield from puts(HOSPITAL, [patient(f"{who}-hospital", number, name=name, active=True)], hidden=False)
        for ods in (PRACTICE, PHARMACY):
            yield from puts(PRACTICE, [episode(f"{who}-at-{ods.lower()}", f"{who}-practice", ods)], hidden=False)
    yield from puts(HOSPITAL, [patient("dan-hospital", DAN, name=[{"family": "Stranger"}])], hidden=False)
    yield from puts(HOSPITAL, directory("open"), hidden=False)


def _objections() -> Iterator[Deed]:
    for who in ("ann", "bob"):
        about = {"patient": {"reference": f"Patient/{who}-practice"}}
        whole = objection(to_source(cast.OBJECTED), **about) | {"id": f"{who}-objects"}
        kind = to_source(cast.OBJECTED_IN_PART) | {"class": [{"system": "urn:lhcr:category", "code": "problem"}]}
        part = objection(kind, **about) | {"id": f"{who}-objects-in-part"}
        yield from puts(PRACTICE, [whole, part], hidden=False)


def _coded(resource: Resource, code: str) -> Resource:
    """Return an entry in which a code stands somewhere, in a place that every entry has."""
    coding = {"url": "urn:about", "valueCoding": {"system": SNOMED, "code": code}}
    return labelled(resource, NOT_TO_THE_PATIENT) | {"extension": [coding]}


def _interleaved() -> Iterator[Deed]:
    """What is seen of each person, with what is hidden between."""
    yield from _objections()
    for who, number in (("ann", ANN), ("bob", BOB)):
        sources = iter((PRACTICE, HOSPITAL))
        for each in sources:
            at = "practice" if each == PRACTICE else "hospital"
            seen = puts(each, _seen(who, at), hidden=False)
            hidden = _hidden_by_label(who, number) if each == PRACTICE else _hidden_by_others(who, number)
            yield from _mixed(seen, list(hidden))
        yield from _changed(who)
    yield from puts(HOSPITAL, entries_about("cat-hospital", "cat-hospital", many=1), hidden=False)
    yield from puts(HOSPITAL, entries_about("dan-hospital", "dan-hospital", many=1), hidden=False)
    yield from puts(
        PHARMACY, [patient("ann-pharmacy", ANN), *entries_about("ann-pharmacy", "ann-pharmacy", many=1)], hidden=False
    )


#: What the entries that are seen refer to, too, of each person and of each source.
_BESIDE: Final = {
    "ann-practice": ("ann-labelled", "ann-unshared-part", "ann-redacted"),
    "ann-hospital": ("ann-unshared", "ann-objected-part", "ann-coded"),
    "bob-practice": ("bob-coded", "bob-objected", "bob-removed"),
    "bob-hospital": ("bob-unprocessed", "bob-objected-part", "bob-labelled"),
}


def _seen(who: str, at: str) -> list[Resource]:
    word = f"{who}-{at}"
    return referring(entries_about(word, word), *_BESIDE[word])


def _mixed(seen: Sequence[Deed], hidden: Sequence[Deed]) -> Iterator[Deed]:
    each = -(-len(hidden) // len(seen))
    for place, deed in enumerate(seen):
        yield from hidden[place * each : (place + 1) * each]
        yield deed


def _changed(who: str) -> Iterator[Deed]:
    """What is seen has past versions, too, and something of it was withdrawn."""
    for each in _seen(who, "hospital")[2:5]:
        yield from puts(HOSPITAL, [each | {"language": "en"}], hidden=False)

    async def withdraw(world: Any) -> None:
        told = await world.ask(HOSPITAL, _delete(f"/Procedure/{who}-hospital-procedure"))
        assert told.status in {200, 204}

    yield Deed(withdraw, hidden=False)


def _delete(target: str) -> Any:
    from tests.two_worlds.world import Question

    return Question(method="DELETE", target=target)


def _hidden_by_label(who: str, number: str) -> Iterator[Deed]:
    """By a label of the source, in several versions, one withdrawn; and by a value set, of which a first version said nothing."""
    for place, each in enumerate(referring(entries_about(f"{who}-labelled", f"{who}-labelled"), f"{who}-hospital")):
        told = labelled(each, _HIV if _is_kin(each) else (_HIV, _VERY)[place % 2], NOT_TO_THE_PATIENT)
        yield from puts(cast.LABELLED, [told, *([told | {"language": "en"}] * (place % 3))], hidden=True)
    yield from deletes(cast.LABELLED, f"Procedure/{who}-labelled-procedure", f"Immunization/{who}-labelled-jab")
    coded = _hidden_patient(f"{who}-coded", number)
    yield from puts(cast.CODED, [_coded(coded, KNOWN_CODE)], hidden=True)
    for place, each in enumerate(entries_about(f"{who}-coded", f"{who}-coded")):
        plain = [labelled(each, NOT_TO_THE_PATIENT)] if place % 3 == 0 else []
        yield from puts(cast.CODED, [*plain, _coded(each, (KNOWN_CODE, LATER_CODE)[place % 2])], hidden=True)


def _hidden_by_others(who: str, number: str) -> Iterator[Deed]:
    """Of one by agreements and a label that nobody passes, of the other by objections and orders."""
    if who == "ann":
        # What is not shared is not found by a trace either.
        yield from puts(cast.UNSHARED, [_hidden_patient(f"{who}-unshared", number, NOT_TO_THE_PATIENT)], hidden=True)
        yield from _whole(cast.UNSHARED, f"{who}-unshared")
        yield from _part(cast.UNSHARED_IN_PART, f"{who}-unshared-part", number)
        # An objection hides something of each, so that of each is told that something is hidden.
        yield from _part(cast.OBJECTED_IN_PART, f"{who}-objected-part", number)
        yield from _redacted(who, number)
    else:
        # No objection stops a trace, which finds whoever a source that is objected to knows: so that much is in both worlds.
        yield from puts(cast.OBJECTED, [patient(f"{who}-objected", number)], hidden=False)
        yield from _whole(cast.OBJECTED, f"{who}-objected")
        yield from _part(cast.OBJECTED_IN_PART, f"{who}-objected-part", number)
        yield from _hidden_by_order(who, number)


def _whole(source: str, word: str) -> Iterator[Deed]:
    yield from _all_but_products(source, word)
    yield from deletes(source, f"AllergyIntolerance/{word}-allergy")


def _part(source: str, word: str, number: str) -> Iterator[Deed]:
    """The problems of a source are hidden, and nothing else of it."""
    yield from puts(source, [patient(word, number)], hidden=False)
    alone = [{name: told for name, told in each.items() if name != "encounter"} for each in entries_about(word, word)]
    problems = [each for each in alone if each["resourceType"] == "Condition"]
    yield from puts(source, [labelled(each, NOT_TO_THE_PATIENT) for each in problems], hidden=True)
    yield from puts(source, [each for each in alone if each["resourceType"] == "Observation"], hidden=False)


def _redacted(who: str, number: str) -> Iterator[Deed]:
    word = f"{who}-redacted"
    told = [each for each in entries_about(word, word, many=2) if not _is_kin(each)]
    yield from puts(cast.REDACTED, [_hidden_patient(word, number, _HIV, NOT_TO_THE_PATIENT)], hidden=True)
    yield from puts(cast.REDACTED, [labelled(each, _REDACTED) for each in told], hidden=True)


def _all_but_products(source: str, word: str) -> Iterator[Deed]:
    """Products are about nobody: neither an objection nor an agreement hides them, nor an order about a person."""
    told = referring(entries_about(word, word, many=2), f"{word.partition('-')[0]}-practice")
    products = [each for each in told if each["resourceType"] == "Medication"]
    yield from puts(source, products, hidden=False)
    yield from puts(source, [labelled(each, NOT_TO_THE_PATIENT) for each in told if each not in products], hidden=True)


def _hidden_by_order(who: str, number: str) -> Iterator[Deed]:
    word = f"{who}-unprocessed"
    yield from puts(cast.UNPROCESSED, [_hidden_patient(word, number, NOT_TO_THE_PATIENT)], hidden=True)
    yield from _all_but_products(cast.UNPROCESSED, word)
    yield restricts(f"Patient/{word}", source=cast.UNPROCESSED)
    word = f"{who}-removed"
    told = entries_about(word, word, many=2)
    about = _hidden_patient(word, number, _HIV, NOT_TO_THE_PATIENT)
    yield from puts(cast.REMOVED, [about], hidden=True)
    yield from _all_but_products(cast.REMOVED, word)
    for each in told:
        if each["resourceType"] != "Medication":
            yield removes(f"{each['resourceType']}/{each['id']}")


def _after() -> Iterator[Deed]:
    """Entries of several people, of nobody and of people whom only hidden sources know, and a value set that comes last."""
    yield from puts(
        cast.LABELLED, [labelled(each, _VERY, NOT_TO_THE_PATIENT) for each in directory("hidden")], hidden=True
    )
    both = [{"actor": {"reference": f"Patient/{who}-labelled"}, "status": "accepted"} for who in ("bob", "ann")]
    meeting: Resource = {"resourceType": "Appointment", "id": "both-labelled", "status": "booked", "participant": both}
    members = [{"entity": {"reference": f"Patient/{who}-labelled"}} for who in ("ann", "bob")]
    group: Resource = {
        "resourceType": "Group",
        "id": "group-labelled",
        "type": "person",
        "actual": True,
        "member": members,
    }
    shelf: list[Resource] = [
        {"resourceType": "Medication", "id": "shelf-labelled", "code": {"text": "hidden"}},
        {"resourceType": "Device", "id": "device-labelled", "deviceName": [{"name": "hidden", "type": "other"}]},
        {"resourceType": "List", "id": "list-labelled", "status": "current", "mode": "working", "title": "hidden"},
    ]
    told = [labelled(each, _HIV, NOT_TO_THE_PATIENT) for each in (meeting, group, *shelf)]
    yield from puts(cast.LABELLED, told, hidden=True)
    very = [
        patient("cat-redacted", CAT, name=[{"family": "Hidden"}], birthDate=_BORN),
        *entries_about("cat-redacted", "cat-redacted"),
    ]
    yield from puts(cast.REDACTED, [labelled(each, _REDACTED) for each in very], hidden=True)
    strange = [patient("dan-strange", DAN), *entries_about("dan-strange", "dan-strange", many=1)]
    unknown = [
        patient("eve-strange", EVE, name=[{"family": "Fell"}], birthDate=_BORN),
        *entries_about("eve-strange", "eve-strange", many=1),
    ]
    yield from puts(
        cast.STRANGE, [labelled(each, _HIV, NOT_TO_THE_PATIENT) for each in (*strange, *unknown)], hidden=True
    )
    yield finds_sensitive(LATER_CODE, name="later")
