"""The trace of a person: a search for Patients by NHS number, or by name and birth date, that needs only a role.

It shows at most ten people, of each no more than tells them apart. Everything past it needs a relationship and the gate.
"""

from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from lhcr.audit.answer import Answer
from lhcr.fhir.json_document import read_json, write_json
from lhcr.fhir.outcome import operation_outcome
from lhcr.fhir.search.query import Criterion, DateValue, Prefix, SearchQuery, TokenValue
from lhcr.fhir.subsetted import subsetted
from lhcr.fhir_api.bundle import OUTCOME, bundle, result_entry
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.clock import Clock
from lhcr.kernel.errors import Busy, Issue
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.systems import CONFIDENTIALITY, NHS_NUMBER
from lhcr.record.search.found import SearchPage

MOST_SHOWN: Final = 10
_ASKED_BY: Final = frozenset({"identifier", "name", "family", "given", "birthdate", "gender", "active"})
_NAMES: Final = frozenset({"name", "family"})
_SHOWN: Final = ("resourceType", "id", "name", "gender", "birthDate", "deceasedBoolean", "deceasedDateTime")
_RESTRICTING: Final = frozenset({"R", "V"})
_DAY: Final = 86_400_000_000
_MINUTE: Final = 60.0
_MOST_ASKERS: Final = 10_000
_MORE: Final = Issue(
    code="too-costly",
    error="trace-too-wide",
    diagnostics="More people match than a trace shows. Add the given name, or search by NHS number.",
    severity="warning",
)


def is_trace(principal: Principal, query: SearchQuery) -> bool:
    """Return whether a search is a trace: of Patients, by somebody who is neither a system nor a citizen, and narrow enough."""
    if principal.kind in {PrincipalKind.SYSTEM, PrincipalKind.CITIZEN} or query.types != ("Patient",):
        return False
    criteria = [node for node in query.criteria if isinstance(node, Criterion) and node.modifier is None]
    codes = {node.parameters[0].code for node in criteria}
    plain = query == SearchQuery(types=query.types, criteria=query.criteria, count=query.count)
    if not plain or len(criteria) < len(query.criteria) or not codes <= _ASKED_BY:
        return False
    return any(map(_is_nhs_number, criteria)) or (bool(codes & _NAMES) and any(map(_is_birth_date, criteria)))


def narrowed(query: SearchQuery) -> SearchQuery:
    return replace(query, count=min(query.count or MOST_SHOWN, MOST_SHOWN))


def _is_nhs_number(criterion: Criterion) -> bool:
    if criterion.parameters[0].code != "identifier" or len(criterion.values) != 1:
        return False
    value = criterion.values[0]
    return isinstance(value, TokenValue) and value.system == NHS_NUMBER and bool(value.code)


def _is_birth_date(criterion: Criterion) -> bool:
    if criterion.parameters[0].code != "birthdate" or len(criterion.values) != 1:
        return False
    value = criterion.values[0]
    return isinstance(value, DateValue) and value.prefix is Prefix.EQ and value.high - value.low < _DAY


def trace_answer(page: SearchPage, *, base: str, link: tuple[str, str], told: Sequence[bytes] = ()) -> Answer:
    """Answer with minimal rows. There is no next page: whoever finds too many asks more narrowly.

    `told`: entries that say what was not looked at.
    """
    entries = [result_entry(f"{base}/Patient/{each.id}", _minimal(read_json(each.body))) for each in page.matches]
    if page.after is not None:
        entries.append(b'{"resource":' + write_json(operation_outcome([_MORE])) + OUTCOME)
    return Answer(status=200, body=bundle("searchset", [*entries, *told], links=[link]))


def _minimal(patient: JsonObject) -> bytes:
    """Hazard: a trace tells where somebody is who must not be found. Of a restricted person no address is shown.

    When somebody's Patients last changed, and how often, is not needed to tell people apart either.
    """
    meta = patient["meta"]
    kept: JsonObject = {name: patient[name] for name in _SHOWN if name in patient}
    kept["meta"] = subsetted({})
    numbers = [each for each in patient.get("identifier", ()) if each.get("system") == NHS_NUMBER]
    restricted = any(_restricts(label) for label in meta.get("security", ()))
    kept |= {"identifier": numbers} if numbers else {}
    if restricted:
        kept["meta"]["security"] = meta["security"]
    elif "address" in patient:
        kept["address"] = patient["address"]
    return write_json(kept)


def _restricts(label: Any) -> bool:
    return label.get("system") == CONFIDENTIALITY and label.get("code") in _RESTRICTING


class TraceLimit:
    """How often one asker may trace: so that a role alone does not open the whole register, row by row.

    A user is counted apart through each system or app: one that traces for them all day does not use up what they need themselves.
    """

    def __init__(self, clock: Clock, *, a_minute: int) -> None:
        self._clock = clock
        self._most = a_minute
        self._asked: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def count(self, principal: Principal) -> None:
        """Count one trace. Raises Busy (429) for one too many."""
        now, who = self._clock.now().timestamp(), (principal.user_id, _through(principal))
        asked = self._asked.setdefault(who, deque())
        self._asked.move_to_end(who)
        while asked and asked[0] <= now - _MINUTE:
            asked.popleft()
        if len(asked) >= self._most:
            diagnostics = f"At most {self._most} traces a minute. Wait a moment; nothing was shown."
            raise Busy([Issue(code="throttled", error="trace-limit", diagnostics=diagnostics)])
        asked.append(now)
        if len(self._asked) > _MOST_ASKERS:
            self._asked.popitem(last=False)


def _through(principal: Principal) -> str:
    """Return the client id of the system or app through which somebody asks, "" where they ask themselves."""
    if principal.actor is not None:
        return principal.actor.client_id
    return "" if principal.app is None else principal.app.sub
