"""Addresses of the portal's pages."""

from dataclasses import dataclass
from urllib.parse import quote

from lhcr.portal.handles import Handles
from lhcr.portal.page_place import in_letters

SIGN_IN = "/"
HOME = "/home"
FIND = "/find"
LOG = "/log"
ALERTS = "/alerts"
CASES = "/cases"
QUESTIONS = "/questions"
DECISIONS = "/privacy/decisions"
WHAT_IF = "/privacy/what-if"
SIGN_OUT = "/sign-out"
CHOOSE_ROLE = "/sign-in/role"
CHANGE_ROLE = "/role"
SESSIONS = "/sessions"
#: In the query of a sign-in: whoever it is proves once more who they are, also where they are signed in at the provider.
ANEW = "anew"


def decision_address(reference: str) -> str:
    """Where a decision is explained, empty for none. A reference is no secret: it opens nothing."""
    return f"{DECISIONS}/{quote(reference, safe='')}" if reference else ""


def record_address(key: str) -> str:
    """Where a record is, by its opaque key."""
    return f"/record/{quote(key, safe='')}"


def sharing_address(key: str) -> str:
    """Where a person's choices about sharing are."""
    return f"{record_address(key)}/sharing-choices"


def case_address(case_id: str) -> str:
    """Where a case of the privacy office is."""
    return f"{CASES}/{quote(case_id, safe='')}"


def question_address(case_id: str) -> str:
    """Where somebody answers what they are asked in a case."""
    return f"{QUESTIONS}/{quote(case_id, safe='')}"


@dataclass(frozen=True, slots=True)
class RecordAddresses:
    """The pages of one record, by the record's opaque key, and what its entries are called in them."""

    key: str
    handles: Handles

    @property
    def record(self) -> str:
        return record_address(self.key)

    @property
    def timeline(self) -> str:
        return f"{self.record}/timeline"

    @property
    def medicines(self) -> str:
        return f"{self.record}/medicines"

    @property
    def results(self) -> str:
        return f"{self.record}/results"

    @property
    def who_looked(self) -> str:
        return f"{self.record}/who-looked"

    @property
    def sharing(self) -> str:
        return sharing_address(self.key)

    def withdraw(self, consent_id: str) -> str:
        """Where a choice about sharing is taken back."""
        return f"{self.sharing}/{self.handles.of(f'Consent/{consent_id}')}/withdraw"

    def proof(self, event_id: str) -> str:
        """Where the proof of an entry of the log is. Hazard: a sensitive item exposed. Nobody can make an address of an entry of
        which they were not told, and learn that it is there.
        """
        return f"{self.who_looked}/{in_letters(event_id)}/{self.handles.of(event_id)}"

    def not_right(self, event_id: str) -> str:
        """Where somebody says that an access does not look right, which only its page can make for the same reason."""
        return f"{self.proof(event_id)}/not-right"

    def section(self, key: str) -> str:
        if key == "medicines":
            return self.medicines
        return self.results if key == "results" else f"{self.record}/section/{key}"

    def test(self, key: str) -> str:
        return f"{self.results}/{self.handles.of(key)}"

    def entry(self, reference: str) -> str:
        return f"{self.record}/entry/{self.handles.of(reference)}"
