"""Entries as AuditEvents, beside those that the national citizen audit exchanges."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lhcr.audit.audit_event import audit_event
from lhcr.audit.entry import MOST_ITEMS, Agent, Entry, EntryDraft, Item, Outcome, PendingEntry, bounded
from lhcr.audit.writer_lost import writer_lost
from lhcr.identity.acting import ActingClient
from lhcr.identity.calling_app import CallingApp
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.purposes import Purpose

NOW = datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)


def rendered(entry: PendingEntry) -> JsonObject:
    return audit_event(msgspec.json.decode(entry.text, type=Entry), event_id="1-1", patient="p1")


def completed(draft: EntryDraft, **facts: object) -> PendingEntry:
    return draft.complete(recorded=NOW, **{"outcome": Outcome.SUCCESS, **facts})  # type: ignore[arg-type]


def test_a_read_names_who_for_which_organisation_why_whom_and_what(draft: EntryDraft) -> None:
    event = rendered(completed(draft, items=[Item("Observation", "o1", 3)]))
    asker, organisation = event["agent"]
    assert (event["action"], event["outcome"], event["recorded"]) == ("R", "0", "2026-03-02T09:30:00.123456+00:00")
    assert asker["who"]["identifier"] == {"system": "https://fhir.nhs.uk/Id/sds-user-id", "value": "555000000101"}
    assert asker["role"][0]["coding"][0]["code"] == "R8000"
    assert asker["purposeOfUse"][0]["coding"][0]["code"] == "TREAT"
    assert (asker["requestor"], organisation["requestor"]) == (True, False)
    assert organisation["who"]["identifier"]["value"] == "A81001"
    references = [entity["what"]["reference"] for entity in event["entity"] if "reference" in entity.get("what", {})]
    assert references == ["Patient/p1", "Observation/o1/_history/3"]


def test_a_refusal_is_a_minor_failure_that_names_its_rule(draft: EntryDraft) -> None:
    event = rendered(completed(replace(draft, rule="relationship"), outcome=Outcome.REFUSED))
    assert (event["outcome"], event["outcomeDesc"]) == ("4", "Refused: relationship")


@pytest.mark.parametrize(
    ("subtype", "code"),
    [
        ("claim", "110137"),
        ("claim-ended", "110137"),
        ("emergency", "110127"),
        ("emergency-ended", "110138"),
        ("tokens-slowed", "110126"),
        ("sign-in-slowed", "110126"),
    ],
)
def test_what_is_opened_on_the_askers_own_word_or_tried_by_strangers_is_a_security_alert(
    draft: EntryDraft, subtype: str, code: str
) -> None:
    event = rendered(completed(replace(draft, kind="alert", subtype=subtype)))
    assert (event["type"]["code"], event["subtype"][0]["code"]) == ("110113", code)


@pytest.mark.parametrize(
    ("subtype", "first"), [("removal", "destroy"), ("hold", "hold"), ("restriction", "restriction")]
)
def test_an_order_is_about_a_patients_record_and_says_its_kind(draft: EntryDraft, subtype: str, first: str) -> None:
    event = rendered(completed(replace(draft, kind="order", subtype=subtype)))
    assert (event["type"]["code"], event["subtype"][0]["code"]) == ("110110", first)
    assert event["subtype"][-1] == {"system": "urn:lhcr:order", "code": subtype}


@pytest.mark.parametrize("subtype", ["choice-made", "choice-withdrawn", "choices-read"])
def test_a_change_of_what_a_person_chose_is_an_event_of_consent(draft: EntryDraft, subtype: str) -> None:
    event = rendered(completed(replace(draft, kind="consent", subtype=subtype)))
    assert event["type"]["code"] == "110113"
    assert [each["code"] for each in event["subtype"]] == ["AuthZ-Consent", subtype]


def test_a_system_that_asks_in_somebodys_name_is_an_agent_beside_them(draft: EntryDraft) -> None:
    supplier = ActingClient(
        client_id="a-supplier",
        name="A supplier's system",
        organisation="YGM99",
        organisation_name="A Supplier",
        acts_for="A81001",
        purposes=frozenset({Purpose.TREATMENT}),
    )
    event = rendered(completed(replace(draft, principal=replace(draft.principal, actor=supplier))))
    asker, organisation, application = event["agent"]
    assert asker["who"]["identifier"]["value"] == "555000000101"
    assert organisation["who"]["identifier"]["value"] == "A81001"
    assert application["type"]["coding"][0]["code"] == "110150"
    assert (application["who"]["identifier"]["value"], application["requestor"]) == ("a-supplier", False)


def test_an_app_through_which_somebody_asks_is_an_agent_of_its_own(draft: EntryDraft) -> None:
    """Hazard: an app that reads for itself what it was let into for its user, and of which nobody can tell that it did."""
    app = CallingApp(sub="an-app", name="My Tablets")
    event = rendered(completed(replace(draft, principal=replace(draft.principal, app=app))))
    asker, organisation, application = event["agent"]
    assert [each["requestor"] for each in event["agent"]] == [True, False, False]
    assert (asker["who"]["identifier"]["value"], organisation["who"]["identifier"]["value"]) == (
        "555000000101",
        "A81001",
    )
    assert application["type"]["coding"][0]["code"] == "110150"
    assert application["who"] == {"type": "Device", "identifier": {"value": "an-app"}, "display": "My Tablets"}


@pytest.mark.parametrize(
    ("subtype", "kind", "code"),
    [
        ("authorize", PrincipalKind.PROFESSIONAL, "110122"),
        ("token", PrincipalKind.PROFESSIONAL, "110122"),
        ("token", PrincipalKind.SYSTEM, "110126"),
        ("introspect", PrincipalKind.SYSTEM, "110126"),
        ("revoke", PrincipalKind.PROFESSIONAL, "110123"),
        ("apps", PrincipalKind.CITIZEN, "110123"),
    ],
)
def test_what_signs_in_users_and_systems_has_dicoms_codes(
    draft: EntryDraft, subtype: str, kind: PrincipalKind, code: str
) -> None:
    principal = replace(draft.principal, kind=kind)
    event = rendered(completed(replace(draft, principal=principal, kind="110114", subtype=subtype)))
    assert (event["type"]["system"], event["type"]["code"]) == (
        "http://dicom.nema.org/resources/ontology/DCM",
        "110114",
    )
    assert (event["subtype"][0]["system"], event["subtype"][0]["code"]) == (event["type"]["system"], code)


def test_a_query_is_carried_in_base64(draft: EntryDraft) -> None:
    event = rendered(completed(draft, query="code=1&identifier=~ab"))
    (query,) = [entity["query"] for entity in event["entity"] if "query" in entity]
    assert base64.b64decode(query) == b"code=1&identifier=~ab"


def test_a_very_large_write_is_named_by_count_and_digest(draft: EntryDraft) -> None:
    entry = completed(draft, items=[Item("Observation", str(n), 1) for n in range(MOST_ITEMS + 500)])
    assert len(entry.text) < 1_000
    stored = msgspec.json.decode(entry.text, type=Entry).many
    assert stored is not None
    assert stored.count == MOST_ITEMS + 500
    assert any(
        entity.get("detail", [{}])[0].get("valueString") == str(MOST_ITEMS + 500)
        for entity in rendered(entry)["entity"]
    )


def test_an_answer_to_a_population_owes_each_person_a_disclosure(draft: EntryDraft) -> None:
    entry = draft.disclosure(42, recorded=NOW, items=[Item("Patient", "p42", 1)], patient="p42")
    assert entry.person_id == 42
    assert rendered(entry)["subtype"][0]["code"] == "disclose"


def test_a_system_is_a_device_and_a_citizen_a_patient(draft: EntryDraft, principal: Principal) -> None:
    for kind, expected in ((PrincipalKind.SYSTEM, "Device"), (PrincipalKind.CITIZEN, "Patient")):
        event = rendered(completed(replace(draft, principal=replace(principal, kind=kind))))
        assert event["agent"][0]["who"]["type"] == expected


@given(st.text(max_size=50), st.text(max_size=50))
def test_the_same_facts_always_give_the_same_bytes_and_come_back(name: str, asked: str) -> None:
    entry = Entry(
        recorded=NOW,
        kind="rest",
        subtype="read",
        action="R",
        outcome="0",
        agent=Agent(user="u", name=name, kind="professional"),
        purpose="TREAT",
        source="x",
        asked=asked,
    )
    text = msgspec.json.encode(entry)
    again = msgspec.json.decode(text, type=Entry)
    assert again == entry
    assert msgspec.json.encode(again) == text


@given(st.text(alphabet=st.characters(categories=["Cs", "L"]), max_size=20).map(lambda text: text * 400))
def test_what_a_caller_sent_is_kept_in_bounds_whatever_it_is(sent: str) -> None:
    agent = Agent(user="u", name="n", kind="professional")
    entry = Entry(
        recorded=NOW, kind="rest", subtype="read", action="R", outcome="0", agent=agent, purpose="TREAT", source="x"
    )
    text = msgspec.json.encode(msgspec.structs.replace(entry, asked=bounded(sent, 256)))
    assert len(text) < 2_000


@pytest.mark.corpus
def test_our_events_have_every_element_that_the_national_examples_have(corpus: Path, draft: EntryDraft) -> None:
    ours = rendered(completed(draft, items=[Item("Observation", "o1", 3)]))
    examples = [json.loads(path.read_bytes()) for path in (corpus / "pars").glob("*.json")]
    assert examples
    for example in examples:
        assert example.keys() - {"entity"} <= ours.keys()
        assert {"who", "requestor"} <= ours["agent"][0].keys()
        assert example["source"].keys() <= ours["source"].keys()
        assert {entity["type"]["code"] for entity in ours["entity"]} >= {"1", "XrequestId"}


def test_a_lost_writer_is_an_application_that_stopped_and_says_after_which_entry() -> None:
    entry = writer_lost(3, last_seq=17, last_recorded=NOW, now=NOW, site="Test Area", overseer="RRE")
    event = rendered(entry)
    assert event["type"]["code"] == "110100"
    assert [coding["code"] for coding in event["subtype"]] == ["110121", "writer-lost"]
    assert (event["outcome"], event["agent"][1]["who"]["identifier"]["value"]) == ("8", "RRE")
    (said,) = [entity["name"] for entity in event["entity"] if "name" in entity]
    assert said == (
        "A worker ended without closing its part of the log; the answers of its last entries may not have left: "
        "writer 3 after entry 17 of 2026-03-02T09:30:00.123456+00:00"
    )
