"""What the person says: about themself, about sharing, about being resuscitated, and who is close to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from lhcr.demo.addresses import Address
from lhcr.demo.chart import Chart
from lhcr.demo.codes import Code
from lhcr.demo.elements import concept, hl7, moment, text_only
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import ACT_CODE, NHS_NUMBER, ODS_ORGANISATION, SCR_PERMISSION

#: Names the form; its items carry these link ids in the order of the Core Information Standard's "About me".
ABOUT_ME_FORM: Final = "urn:lhcr:questionnaire:about-me"
_QUESTIONS: Final = {
    "most-important": "What is most important to me",
    "people": "People who are important to me",
    "communicate": "How I communicate and how to communicate with me",
    "wellness": "My wellness",
    "please-do": "Please do and please don't",
    "support": "How and when to support me",
    "also": "Also worth knowing about me",
}


def write_about_me(chart: Chart, answers: Mapping[str, str], *, on: date) -> str:
    """Write the person's own account; keys of `answers` are link ids of the form."""
    items = [
        {"linkId": link, "text": _QUESTIONS[link], "answer": [{"valueString": answer}]}
        for link, answer in answers.items()
    ]
    me = {"reference": chart.patient}
    body = {
        "questionnaire": ABOUT_ME_FORM,
        "status": "completed",
        "authored": moment(on, hour=10),
        "author": me,
        "source": me,
        "item": items,
    }
    return chart.add("QuestionnaireResponse", body)


def write_objection(chart: Chart, words: str, *, on: date) -> str:
    """Write that somebody objects to their record being shared with anybody but this organisation."""
    this = chart.organisation() | {"identifier": {"system": ODS_ORGANISATION, "value": chart.source.ods}}
    actor = {"role": hl7("v3-ParticipationType", "IRCP", "information recipient"), "reference": this}
    body = _consent("patient-privacy", "Privacy Consent", on=on) | {
        "category": [{"coding": [{"system": ACT_CODE, "code": "INFA", "display": "information access"}]}],
        "performer": [{"reference": chart.patient}],
        "organization": [chart.organisation()],
        "policyRule": {"coding": [{"system": SCR_PERMISSION, "code": "No"}], "text": words},
        "provision": {
            "type": "deny",
            "period": {"start": on.isoformat()},
            "provision": [{"type": "permit", "actor": [actor]}],
        },
    }
    return chart.add("Consent", body)


def write_advance_decision(chart: Chart, words: str, *, on: date, by: str) -> str:
    """Write a decision made beforehand about treatment."""
    body = _consent("adr", "Advanced Care Directive", on=on) | {
        "category": [hl7("consentcategorycodes", "acd", "Advance Directive")],
        "performer": [{"reference": chart.patient}, chart.staff(by)],
        "organization": [chart.organisation()],
        "policyRule": text_only(words),
    }
    return chart.add("Consent", body)


def write_preference(chart: Chart, about: str, answer: str, *, on: date, by: str) -> str:
    """Write a preference in words, such as where somebody would like to be cared for."""
    body = _statement(chart, Code(about), on=on, by=by) | {"valueString": answer}
    return chart.add("Observation", body)


def write_resuscitation(chart: Chart, decision: Code, *, on: date, by: str, note: str) -> str:
    """Write a decision about cardiopulmonary resuscitation, which is a clinician's and not the person's alone."""
    body = _statement(chart, Code("Cardio-pulmonary resuscitation (CPR) decision"), on=on, by=by)
    return chart.add("Observation", body | {"valueCodeableConcept": concept(decision), "note": [{"text": note}]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody close: `role` is a code of HL7 v3 RoleCode with its word; `nhs_number` where they have a record here.

    `authority` is the RoleCode by which they may act for the person: being a mother or a son alone is none.
    """

    title: str
    given: str
    family: str
    role: tuple[str, str]
    phone: str
    gender: str
    nhs_number: str | None = None
    note: str = ""
    authority: tuple[str, str] | None = None


def write_contact_person(chart: Chart, contact: Contact, *, home: Address | None = None) -> str:
    body: JsonObject = {
        "active": True,
        "relationship": [
            hl7("v3-RoleCode", *contact.role) | ({"text": contact.note} if contact.note else {}),
            *([hl7("v3-RoleCode", *contact.authority)] if contact.authority else []),
        ],
        "name": [{"use": "official", "prefix": [contact.title], "given": [contact.given], "family": contact.family}],
        "telecom": [{"system": "phone", "value": contact.phone, "use": "mobile"}],
        "gender": contact.gender,
    }
    if home:
        body["address"] = [home.as_fhir()]
    if contact.nhs_number:
        body["identifier"] = [{"system": NHS_NUMBER, "value": contact.nhs_number}]
    return chart.add("RelatedPerson", body)


def _consent(scope: str, display: str, *, on: date) -> JsonObject:
    return {"status": "active", "scope": hl7("consentscope", scope, display), "dateTime": moment(on, hour=11)}


def _statement(chart: Chart, code: Code, *, on: date, by: str) -> JsonObject:
    return {
        "status": "final",
        "category": [hl7("observation-category", "survey", "Survey")],
        "code": concept(code),
        "effectiveDateTime": moment(on, hour=11),
        "performer": [chart.staff(by)],
    }
