"""What a Consent says as facts: which shapes are understood, and that one which is not hides rather than opens."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lhcr.access.categories import labels_of
from lhcr.access.consent import EVERY
from lhcr.access.consent_projection import project_consent
from lhcr.access.policy import Policy, area_policy, baseline_policy
from lhcr.access.projection import Said
from lhcr.access.span import ALWAYS
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import ACT_CODE, ODS_ORGANISATION, SCR_PERMISSION

POLICY = baseline_policy()
HL7 = "http://terminology.hl7.org/CodeSystem"
PARTICIPATION = f"{HL7}/v3-ParticipationType"
TYPES = "http://hl7.org/fhir/resource-types"
OWN = "urn:lhcr:category"
WHOLE = {(EVERY, EVERY, EVERY)}


def concept(system: str, code: str) -> JsonObject:
    return {"coding": [{"system": system, "code": code}]}


def consent(provision: JsonObject | None = None, **elements: Any) -> JsonObject:
    found = {
        "resourceType": "Consent",
        "status": "active",
        "scope": concept(f"{HL7}/consentscope", "patient-privacy"),
        "category": [concept(ACT_CODE, "INFA")],
    }
    return found | ({} if provision is None else {"provision": provision}) | elements


def deny(**conditions: Any) -> JsonObject:
    return {"type": "deny"} | conditions


def permit(**conditions: Any) -> JsonObject:
    return {"type": "permit"} | conditions


def actor(role: str, ods: str, *, system: str = PARTICIPATION) -> JsonObject:
    return {"role": concept(system, role), "reference": {"identifier": {"system": ODS_ORGANISATION, "value": ods}}}


def kind(category: str) -> JsonObject:
    return {"system": OWN, "code": category}


def said(policy: Policy = POLICY) -> Said:
    known = {"Organization/rre": "RRE", "Organization/fa": "FA123"}
    return Said(
        recorded=datetime(2026, 3, 2, tzinfo=UTC),
        source="A81001",
        resolve=known.get,
        policy=policy,
        names_proxies=False,
    )


def parts(resource: JsonObject, *, permits: bool = False, policy: Policy = POLICY) -> set[tuple[str, str, str]]:
    """Each (organisation, source, category) that is denied, or excepted."""
    found = project_consent(resource, said=said(policy))
    return {(each.organisation, each.source, each.category) for each in found if each.permits is permits}


@pytest.mark.parametrize("status", ["draft", "proposed", "rejected", "inactive", "entered-in-error"])
def test_a_consent_that_is_not_active_says_nothing(status: str) -> None:
    assert parts(consent(deny(), status=status)) == set()
    assert parts(consent(deny())) == WHOLE


def test_what_permits_says_nothing_because_direct_care_needs_no_consent() -> None:
    permits = (
        consent(permit()),
        consent(permit(actor=[actor("IRCP", "RRE")], **{"class": [kind("problem")]})),
        consent(policyRule=concept(ACT_CODE, "OPTIN")),
        consent(policyRule=concept(SCR_PERMISSION, "Yes")),
        consent({"provision": [permit()]}),
    )
    for each in permits:
        assert project_consent(each, said=said()) == []


@pytest.mark.parametrize("code", ["adr", "research", "treatment"])
def test_a_consent_about_something_else_than_sharing_says_nothing(code: str) -> None:
    assert parts(consent(deny(), scope=concept(f"{HL7}/consentscope", code))) == set()


def test_a_consent_of_a_category_about_something_else_says_nothing_where_that_is_all_it_is_about() -> None:
    directive = concept(f"{HL7}/consentcategorycodes", "acd")
    assert parts(consent(deny(), category=[directive])) == set()
    assert parts(consent(deny(), category=[directive, concept(ACT_CODE, "INFA")])) == WHOLE


@pytest.mark.parametrize("code", ["OPTOUT", "OPTOUTE"])
def test_a_base_rule_that_objects_is_to_the_whole_with_what_is_permitted_excepted(code: str) -> None:
    rule = concept(ACT_CODE, code)
    assert parts(consent(policyRule=rule)) == WHOLE
    for provision in (
        permit(actor=[actor("IRCP", "RRE")]),
        {"provision": [permit(actor=[actor("IRCP", "RRE")])]},
        deny(provision=[permit(actor=[actor("IRCP", "RRE")])]),
    ):
        assert parts(consent(provision, policyRule=rule)) == WHOLE
        assert parts(consent(provision, policyRule=rule), permits=True) == {("RRE", EVERY, EVERY)}


@pytest.mark.parametrize(
    ("conditions", "denied"),
    [
        ({}, WHOLE),
        ({"actor": [actor("IRCP", "RRE")]}, {("RRE", EVERY, EVERY)}),
        ({"actor": [actor("PRCP", "RRE"), actor("IRCP", "fa123")]}, {("RRE", EVERY, EVERY), ("FA123", EVERY, EVERY)}),
        ({"actor": [{"role": concept(PARTICIPATION, "IRCP"), "reference": {"reference": "Organization/rre"}}]},
         {("RRE", EVERY, EVERY)}),
        ({"actor": [actor("CST", "RRE")]}, {(EVERY, "RRE", EVERY)}),
        ({"actor": [actor("AUT", "RRE"), actor("IRCP", "FA123")]}, {("FA123", "RRE", EVERY)}),
        ({"class": [{"system": TYPES, "code": "Condition"}]}, {(EVERY, EVERY, "problem")}),
        ({"class": [kind("problem"), kind("allergy")]}, {(EVERY, EVERY, "problem"), (EVERY, EVERY, "allergy")}),
        ({"code": [{"coding": [kind("document")]}]}, {(EVERY, EVERY, "document")}),
        ({"class": [kind("problem")], "code": [{"coding": [kind("document")]}]},
         {(EVERY, EVERY, "problem"), (EVERY, EVERY, "document")}),
        ({"data": [{"meaning": "instance", "reference": {"reference": "Condition/1/_history/2"}}]},
         {(EVERY, EVERY, "problem")}),
        ({"actor": [actor("CST", "RRE")], "class": [kind("problem")]}, {(EVERY, "RRE", "problem")}),
    ],
)  # fmt: skip
def test_an_objection_is_to_what_its_conditions_name(conditions: JsonObject, denied: set[tuple[str, str, str]]) -> None:
    assert parts(consent(deny(**conditions))) == denied
    # The same as a rule within one that permits or says no type, or within one that says no type itself.
    for root in ({"provision": [deny(**conditions)]}, permit(provision=[conditions])):
        assert parts(consent(root)) == denied


@pytest.mark.parametrize(
    "conditions",
    [
        {"actor": [actor("IRCP", "RRE", system="urn:else")]},
        {"actor": [actor("WIT", "RRE")]},
        {"actor": [actor("IRCP", "RRE"), actor("WIT", "FA123")]},
        {"actor": [actor("IRCP", "no code")]},
        {"actor": [actor("IRCP", "RRE") | {"modifierExtension": [{"url": "urn:not"}]}]},
        {"actor": [{"role": concept(PARTICIPATION, "IRCP"), "reference": {"reference": "Practitioner/1"}}]},
        {"actor": [{"role": concept(PARTICIPATION, "IRCP"), "reference": {"reference": "Organization/unknown"}}]},
        {"actor": [{"role": {"text": "recipient"}, "reference": {"reference": "Organization/rre"}}]},
        {"class": [{"system": f"{HL7}/consentcontentclass", "code": "x"}]},
        {"class": [kind("problem"), kind("no such kind")]},
        {"class": [{"system": TYPES, "code": "Patient"}]},
        {"class": [kind("directory")]},
        {"code": [concept("http://snomed.info/sct", "86406008")]},
        {"code": [{"text": "HIV"}]},
        {"data": [{"meaning": "related", "reference": {"reference": "Condition/1"}}]},
        {"data": [{"meaning": "instance", "reference": {"display": "a letter"}}]},
        {"securityLabel": [{"system": ACT_CODE, "code": "HIV"}]},
        {"dataPeriod": {"start": "2020"}},
        {"purpose": [{"system": f"{HL7}/v3-ActReason", "code": "NEVERHEARD"}]},
    ],
)  # fmt: skip
def test_hazard_sensitive_item_exposed_a_condition_that_is_not_understood_narrows_no_objection(
    conditions: JsonObject,
) -> None:
    assert parts(consent(deny(**conditions))) == WHOLE
    # In an exception it is dropped, and the exception with it.
    excepting = consent(deny(provision=[permit(**conditions)]))
    assert (parts(excepting), parts(excepting, permits=True)) == (WHOLE, set())


@pytest.mark.parametrize(
    "resource",
    [
        consent(),
        consent({}),
        consent({"actor": [actor("IRCP", "RRE")]}),
        consent(policyRule={"text": "as agreed"}),
        consent(policy=[{"uri": "urn:else"}]),
        consent(deny(), scope={"text": "sharing"}),
        consent(deny(), scope=concept("urn:else", "adr")),
        consent(permit(), modifierExtension=[{"url": "urn:not"}]),
        consent(permit(), implicitRules="urn:not"),
        consent(permit(modifierExtension=[{"url": "urn:not"}])),
        consent({"type": "forbid"}),
    ],
)
def test_hazard_sensitive_item_exposed_a_consent_that_is_not_understood_objects_to_the_whole(
    resource: JsonObject,
) -> None:
    assert parts(resource) == WHOLE


@pytest.mark.parametrize(
    "conditions",
    [
        {"purpose": [{"system": f"{HL7}/v3-ActReason", "code": "HRESCH"}]},
        {"action": [concept(f"{HL7}/consentaction", "correct"), concept(f"{HL7}/consentaction", "collect")]},
    ],
)
def test_an_objection_to_something_else_than_being_seen_in_care_hides_nothing(conditions: JsonObject) -> None:
    assert parts(consent(deny(**conditions))) == set()
    also = {each: [*values, concept(f"{HL7}/consentaction", "access") if each == "action" else {"code": "TREAT"}]
            for each, values in conditions.items()}  # fmt: skip
    assert parts(consent(deny(**also))) == WHOLE


def test_an_exception_by_type_opens_only_kinds_of_which_nothing_else_is() -> None:
    def excepted(*types: str) -> set[str]:
        rule = permit(**{"class": [{"system": TYPES, "code": each} for each in types]})
        return {category for _, _, category in parts(consent(deny(provision=[rule])), permits=True)}

    assert excepted("AllergyIntolerance") == {"allergy"}
    assert excepted("Condition") == set()
    assert excepted("Observation") == {"examination"}


def test_an_exception_without_conditions_takes_nothing_back() -> None:
    assert parts(consent(deny(provision=[permit()])), permits=True) == set()
    assert parts(consent(permit(), policyRule=concept(ACT_CODE, "OPTOUT")), permits=True) == set()


def test_a_rule_holds_as_long_as_those_in_which_it_stands() -> None:
    inner = deny(period={"start": "2026-02-01", "end": "2026-12-31"}, actor=[actor("IRCP", "RRE")])
    (fact,) = project_consent(consent(permit(period={"end": "2026-03-31"}, provision=[inner])), said=said())
    assert (fact.low, fact.high) == (datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 31, 23, 59, 59, 999999, UTC))
    (endless,) = project_consent(consent(deny(period={"start": "nonsense"})), said=said())
    assert (endless.low, endless.high) == (ALWAYS.low, ALWAYS.high)
    excepted = permit(actor=[actor("IRCP", "RRE")], period={"start": "nonsense"})
    assert parts(consent(deny(provision=[excepted])), permits=True) == set()


def test_more_parts_than_can_be_weighed_are_the_whole() -> None:
    organisations = [actor("IRCP", f"R{number:03d}") for number in range(150)]
    assert len(parts(consent(deny(actor=organisations)))) == 150
    assert parts(consent(deny(actor=organisations, **{"class": [kind("problem"), kind("allergy")]}))) == WHOLE


def test_a_policy_names_codes_that_mean_a_kind_of_entry() -> None:
    setting = msgspec.to_builtins(POLICY.file.consent_codes) | {
        "category_of_code": {"urn:ours|sexual-health": "document"}
    }
    policy = area_policy(msgspec.json.encode({"consent_codes": setting}))
    resource = consent(deny(code=[concept("urn:ours", "sexual-health")]))
    assert parts(resource, policy=policy) == {(EVERY, EVERY, "document")}
    with pytest.raises(ValueError, match="not known"):
        area_policy(msgspec.json.encode({"consent_codes": setting | {"category_of_code": {"a|b": "no such kind"}}}))


def test_hazard_sensitive_item_exposed_what_somebody_objects_to_is_itself_hidden_unless_policy_says_otherwise() -> None:
    label = ("urn:lhcr:label|sharing-choice",)
    assert labels_of(consent(deny()), policy=POLICY) == label
    assert labels_of({"resourceType": "Bundle", "entry": [{"resource": consent(deny())}]}, policy=POLICY) == label
    assert labels_of(consent(deny(), scope=concept(f"{HL7}/consentscope", "adr")), policy=POLICY) == ()
    shown = area_policy(msgspec.json.encode({"sensitive_labels": POLICY.file.sensitive_labels[:-1]}))
    assert labels_of(consent(deny()), policy=shown) == ()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["deny", "permit", "2026", "IRCP", "Organization/rre"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["type", "period", "actor", "role", "reference", "coding", "system", "code", "class", "data",
                         "meaning", "purpose", "action", "provision", "start", "end", "identifier", "value"]),
        inner, max_size=4),
    max_leaves=25,
)  # fmt: skip


@given(provision=_JSON, scope=_JSON, category=_JSON, rule=_JSON)
@settings(max_examples=200, deadline=None)
def test_hostile_consents_say_what_can_be_stored_or_the_whole(
    provision: Any, scope: Any, category: Any, rule: Any
) -> None:
    resource = consent(scope=scope, category=category, policyRule=rule) | {"provision": provision}
    found = project_consent(resource, said=said())
    assert len(found) <= 200
    assert len({each[:5] for each in found}) == len(found)
    for each in found:
        assert ALWAYS.low <= each.low < each.high <= ALWAYS.high
        assert each.category in {EVERY, *POLICY.categories} - {"directory", "product", "demographics"}
