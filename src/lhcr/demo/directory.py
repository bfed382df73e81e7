"""The directory of the demonstration area: organisations, places, services and the people who work in them."""

from typing import Final

from lhcr.demo.contribution import Contribution, contribute
from lhcr.demo.elements import hl7, text_only
from lhcr.demo.organisations import SOURCES, Site, Source, Staff
from lhcr.fhir.contributor import source_uri
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import ODS_ORGANISATION, ODS_SITE, SDS_ROLE_PROFILE, SDS_USER

_KINDS: Final = {"prov": "Healthcare Provider", "govt": "Government"}


def directory() -> list[Contribution]:
    """Return one contribution per organisation, which must be loaded before anything that refers to them."""
    return [contribute(source.ods, _resources(source)) for source in SOURCES]


def _resources(source: Source) -> list[JsonObject]:
    resources = [_organisation(source), *(_location(source, site) for site in source.sites)]
    resources += [_service(source, number) for number in range(len(source.services))]
    for number, member in enumerate(source.staff):
        resources += [_practitioner(source, member, number), _practitioner_role(source, member, number)]
    return resources


def _start(source: Source, resource_type: str, own_id: str) -> JsonObject:
    return {"resourceType": resource_type, "id": own_id, "meta": {"source": source_uri(source.ods)}}


def _reference(source: Source) -> JsonObject:
    return {"reference": f"Organization/{source.slug}", "display": source.name}


def _work_phone(source: Source) -> list[JsonObject]:
    return [{"system": "phone", "value": source.phone, "use": "work"}]


def _organisation(source: Source) -> JsonObject:
    return _start(source, "Organization", source.slug) | {
        "identifier": [{"system": ODS_ORGANISATION, "value": source.ods}],
        "active": True,
        "type": [hl7("organization-type", source.kind_code, _KINDS[source.kind_code]) | {"text": source.kind}],
        "name": source.name,
        "telecom": _work_phone(source),
        "address": [{"use": "work", "city": source.town, "postalCode": "QA1 1AA", "country": "GBR"}],
    }


def _location(source: Source, site: Site) -> JsonObject:
    return _start(source, "Location", f"{source.slug}-{site.key}") | {
        "identifier": [{"system": ODS_SITE, "value": f"{source.ods}{1 + source.sites.index(site):02d}"}],
        "status": "active",
        "name": site.name,
        "mode": "instance",
        "type": [text_only(site.kind)],
        "address": {"use": "work", "city": source.town, "postalCode": "QA1 1AA", "country": "GBR"},
        "managingOrganization": _reference(source),
    }


def _service(source: Source, number: int) -> JsonObject:
    return _start(source, "HealthcareService", f"{source.slug}-service-{number + 1}") | {
        "active": True,
        "providedBy": _reference(source),
        "name": source.services[number],
        "location": [{"reference": f"Location/{source.slug}-{source.sites[0].key}"}],
        "telecom": _work_phone(source),
    }


def _practitioner(source: Source, member: Staff, number: int) -> JsonObject:
    name: JsonObject = {"use": "official", "family": member.family, "given": [member.given]}
    if member.prefix:
        name["prefix"] = [member.prefix]
    return _start(source, "Practitioner", f"{source.slug}-{member.key}") | {
        "identifier": [{"system": SDS_USER, "value": sds_user(source, number)}],
        "active": True,
        "name": [name],
    }


def _practitioner_role(source: Source, member: Staff, number: int) -> JsonObject:
    return _start(source, "PractitionerRole", f"{source.slug}-{member.key}-role") | {
        "identifier": [{"system": SDS_ROLE_PROFILE, "value": f"1{sds_user(source, number)[1:]}"}],
        "active": True,
        "practitioner": {"reference": f"Practitioner/{source.slug}-{member.key}", "display": member.display},
        "organization": _reference(source),
        "code": [text_only(member.job)],
        "location": [{"reference": f"Location/{source.slug}-{source.sites[0].key}"}],
    }


def sds_user(source: Source, number: int) -> str:
    """An SDS user id of twelve digits that begins with 999, as do the invented NHS numbers."""
    return f"999{SOURCES.index(source):03d}{number:06d}"
