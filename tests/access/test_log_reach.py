"""How far a permit to read the log reaches: a person's own record, or an organisation's own users, and never all of it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lhcr.access.decision import SEAL, AccessDecision
from lhcr.access.log_reach import LogReach, log_reach
from lhcr.access.request import UNKNOWN, AskedPerson, Interaction, Request
from lhcr.audit.entry import Action, EntryDraft
from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import BY_NAME
from lhcr.kernel.errors import Forbidden
from lhcr.store.visibility import Visibility

LATER = datetime(2100, 1, 1, tzinfo=UTC)


def decision(who: str, person: AskedPerson, *, organisation: str | None = None) -> AccessDecision:
    principal = persona_claims(BY_NAME[who]).principal(token_id="t", expires=LATER)
    if organisation is not None:
        principal = replace(principal, organisation=organisation)
    request = Request(interaction=Interaction.AUDIT_READ, type="AuditEvent", person=person)
    entry = EntryDraft(
        principal=principal, kind="rest", subtype="search", action=Action.EXECUTE, source="Area", request_id=""
    )
    return AccessDecision(
        seal=SEAL,
        principal=principal,
        request=request,
        visibility=Visibility(persons=(), classes=()),
        restricted_to_own=False,
        own_only=False,
        on_own_word=False,
        source_id=None,
        reference="",
        valid_until=LATER,
        policy_epoch=1,
        person_epoch=None,
        entry=entry,
    )


@pytest.mark.parametrize("who", ["patient", "carer"])
def test_a_person_reaches_what_everybody_did_with_the_one_record_that_was_decided_about(who: str) -> None:
    assert log_reach(decision(who, 7)) == LogReach(person=7, organisation=None)


@pytest.mark.parametrize("person", [None, UNKNOWN])
def test_a_person_who_names_nobody_or_somebody_who_is_not_here_reaches_nothing(person: AskedPerson) -> None:
    assert log_reach(decision("patient", person)) == LogReach(person=0, organisation=None)


@pytest.mark.parametrize("who", ["privacy-officer", "caldicott"])
def test_an_office_reaches_what_its_own_organisations_users_did(who: str) -> None:
    for asked, person in ((None, None), (7, 7), (UNKNOWN, 0)):
        reach = log_reach(decision(who, asked))
        assert (reach.person, reach.organisation) == (person, "RRE")
        assert reach.desk is not None
        assert reach.desk.is_guardian == (who == "caldicott")


def test_an_office_of_no_organisation_answers_for_nobody() -> None:
    with pytest.raises(Forbidden):
        log_reach(decision("privacy-officer", 7, organisation=""))


def test_a_decision_on_anything_else_reaches_none_of_the_log() -> None:
    other = decision("privacy-officer", 7)
    object.__setattr__(other, "request", replace(other.request, interaction=Interaction.READ))
    with pytest.raises(ValueError, match="reading the log"):
        log_reach(other)
