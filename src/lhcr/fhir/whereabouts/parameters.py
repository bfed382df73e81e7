"""Parameters that tell places: whoever finds a restricted person by one of them has learnt where they are."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lhcr.fhir.search.parameter import SearchParameter
from lhcr.fhir.whereabouts.givers import finds_giver
from lhcr.fhir.whereabouts.people import PEOPLE

_ADDRESS: Final = (
    *("address", "address-city", "address-country", "address-postalcode", "address-state", "address-use"),
    *("telecom", "phone", "email"),
)
_PARAMETERS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "Account": frozenset({"owner"}),
        "AdverseEvent": frozenset({"location"}),
        "Appointment": frozenset({"actor", "location", "slot", "supporting-info"}),
        "AppointmentResponse": frozenset({"actor", "location"}),
        "ChargeItem": frozenset({"performing-organization", "requesting-organization"}),
        "Claim": frozenset({"facility"}),
        "Consent": frozenset({"organization"}),
        "Device": frozenset({"location", "organization", "url"}),
        "DocumentReference": frozenset({"custodian", "facility", "location", "setting"}),
        "Encounter": frozenset({"location", "location-period", "service-provider"}),
        "EpisodeOfCare": frozenset({"organization"}),
        "ExplanationOfBenefit": frozenset({"facility"}),
        "Immunization": frozenset({"location"}),
        "MedicationDispense": frozenset({"destination", "performer"}),
        "MedicationRequest": frozenset({"intended-dispenser"}),
        "Patient": frozenset({*_ADDRESS, "general-practitioner", "organization", "identifier"}),
        "Person": frozenset({*_ADDRESS, "organization", "identifier", "practitioner"}),
        "Procedure": frozenset({"location"}),
        "Provenance": frozenset({"location"}),
        "RelatedPerson": frozenset({*_ADDRESS, "identifier"}),
        "ServiceRequest": frozenset({"performer"}),
    }
)


def tells_place(parameter: SearchParameter) -> bool:
    """Return whether finding an entry by a parameter tells where its person is. Of identifiers the NHS number does not.

    Of people what is listed tells it; of other entries whoever gave the care does, too, and of all of them the source.
    """
    if parameter.code in _PARAMETERS.get(parameter.type, ()):
        return True
    return finds_giver(parameter) and (parameter.type not in PEOPLE or parameter.code == "_source")
