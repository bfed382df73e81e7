"""The person's own entry in a source: name, numbers, address, GP practice, and how to reach them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lhcr.demo.addresses import Address
from lhcr.demo.chart import Chart
from lhcr.demo.elements import moment
from lhcr.demo.organisations import GP_PRACTICE, PHARMACY
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import ETHNIC_CATEGORY, NHS_NUMBER, NHS_NUMBER_STATUS, ODS_ORGANISATION

_UK_CORE = "https://fhir.hl7.org.uk/StructureDefinition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """In what one source's demographics differ from the plain ones."""

    home: Address | None = None
    died: date | None = None
    labels: Sequence[JsonObject] = ()
    has_nhs_number: bool = True
    nominates_pharmacy: bool = False
    extra: JsonObject | None = None


PLAIN = Variation()


def write_patient(chart: Chart, variation: Variation = PLAIN) -> str:
    """Write the chart's Patient and return the reference to it."""
    return chart.put(
        "Patient", chart.patient.removeprefix("Patient/"), _body(chart, variation), labels=variation.labels
    )


def _body(chart: Chart, variation: Variation) -> JsonObject:
    person = chart.person
    body: JsonObject = {
        "extension": _extensions(chart, variation),
        "identifier": _identifiers(chart, variation),
        "active": True,
        "name": [_name(chart)],
        "telecom": _telecom(chart),
        "gender": person.gender,
        "birthDate": person.birth_date.isoformat(),
    }
    if variation.died:
        body["deceasedDateTime"] = moment(variation.died, hour=4, minute=20)
    body["address"] = [(variation.home or person.home).as_fhir()]
    body["communication"] = [_communication(chart)]
    body["generalPractitioner"] = [{"reference": f"Organization/{GP_PRACTICE.slug}", "display": GP_PRACTICE.name}]
    body["managingOrganization"] = chart.organisation()
    return body | (variation.extra or {})


def _name(chart: Chart) -> JsonObject:
    person = chart.person
    name: JsonObject = {"use": "official", "family": person.family, "given": [person.given]}
    return name | ({"prefix": [person.title]} if person.title else {})


def _identifiers(chart: Chart, variation: Variation) -> list[JsonObject]:
    local = {"use": "usual", "system": local_system(chart), "value": f"{chart.source.ods}-{chart.person.index:06d}"}
    return ([_nhs_number(chart), local]) if variation.has_nhs_number else [local]


def local_system(chart: Chart) -> str:
    """The system of a source's own numbers, under a name that the internet keeps free for examples."""
    return f"https://{chart.source.slug}.example/Id/local-patient-identifier"


def _nhs_number(chart: Chart) -> JsonObject:
    status = {"system": NHS_NUMBER_STATUS, "code": "01", "display": "Number present and verified"}
    return {
        "extension": [
            {
                "url": f"{_UK_CORE}/Extension-UKCore-NHSNumberVerificationStatus",
                "valueCodeableConcept": {"coding": [status]},
            }
        ],
        "use": "official",
        "system": NHS_NUMBER,
        "value": chart.person.nhs_number.value,
    }


def _extensions(chart: Chart, variation: Variation) -> list[JsonObject]:
    person = chart.person
    ethnic = {"system": ETHNIC_CATEGORY, "code": person.ethnic_code, "display": person.ethnic_category}
    extensions: list[JsonObject] = [
        {"url": f"{_UK_CORE}/Extension-UKCore-EthnicCategory", "valueCodeableConcept": {"coding": [ethnic]}}
    ]
    if person.language[0] != "en":
        url = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
        extensions.append({"url": url, "valueBoolean": True})
    if variation.nominates_pharmacy:
        pharmacy = {
            "reference": f"Organization/{PHARMACY.slug}",
            "identifier": {"system": ODS_ORGANISATION, "value": PHARMACY.ods},
            "display": PHARMACY.name,
        }
        extensions.append({"url": f"{_UK_CORE}/Extension-UKCore-NominatedPharmacy", "valueReference": pharmacy})
    return extensions


def _telecom(chart: Chart) -> list[JsonObject]:
    person = chart.person
    numbers: list[JsonObject] = [{"system": "phone", "value": person.landline, "use": "home", "rank": 2}]
    if person.age(chart.today) >= 16:
        numbers.insert(0, {"system": "phone", "value": person.mobile, "use": "mobile", "rank": 1})
    return numbers


def _communication(chart: Chart) -> JsonObject:
    code, display = chart.person.language
    language = {"coding": [{"system": "urn:ietf:bcp:47", "code": code, "display": display}]}
    return {"language": language, "preferred": True}
