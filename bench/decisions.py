"""The time that a decision takes: of the rules alone without I/O, and of a cold ruling whose facts are read from the database."""

import statistics
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice, product
from typing import Final

from bench.area import Area
from bench.measures import PersonRecord
from lhcr.access.access_class import ClassTable
from lhcr.access.agreed import terms_of
from lhcr.access.case import Case
from lhcr.access.decide import RULES
from lhcr.access.fold import fold, judge_all
from lhcr.access.places import places_of
from lhcr.access.policy import Policy
from lhcr.access.relationship import CONTRIBUTION, Tie
from lhcr.access.request import Interaction, Request
from lhcr.access.scope import Scopes, persons, restricted_to_own
from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import BY_NAME
from lhcr.identity.principal import Principal
from lhcr.kernel.clock import SystemClock
from lhcr.kernel.settings import Settings
from lhcr.parts import Parts, running_parts

#: A clinician of the hospital that contributed everything, so that most decisions are permits, which are the dearer.
ASKER: Final = "ed-doctor"
ASKED: Final = (
    (Interaction.EVERYTHING, None),
    (Interaction.READ, "Observation"),
    (Interaction.SEARCH, "MedicationRequest"),
    (Interaction.SEARCH, "Patient"),
    (Interaction.UPDATE, "Condition"),
    (Interaction.READ, "Organization"),
)
WARM_DECISIONS: Final = 20_000
COLD_DECISIONS: Final = 3_000
WARM_UP: Final = 300


@dataclass(frozen=True, slots=True)
class DecisionTimes:
    """`rules`: microseconds of the median decision without I/O; `cold`: milliseconds that 99 in 100 cold rulings take at most.

    `round_trip`: what 99 in 100 questions to the same database that need no work take at most, asked in turn with the rulings.
    """

    rules: float
    cold: float
    round_trip: float


async def decision_times(area: Area, people: Iterable[PersonRecord]) -> DecisionTimes:
    """Measure in this process, over the area's own classes and facts, with nobody else asking it anything."""
    requests = [
        Request(interaction=interaction, type=type_, person=person.person_id)
        for person, (interaction, type_) in product(people, ASKED)
    ]
    async with _running(area) as parts:
        cold, round_trip = await _cold(parts, islice(cycle(requests), WARM_UP + COLD_DECISIONS))
        rules = _rules(parts, islice(cycle(requests), WARM_UP + WARM_DECISIONS))
        return DecisionTimes(rules=rules, cold=cold, round_trip=round_trip)


@asynccontextmanager
async def _running(area: Area) -> AsyncIterator[Parts]:
    settings = Settings(base_url=f"http://127.0.0.1:{area.port}", area_name="Bench")
    async with running_parts(settings, area.dsn, clock=SystemClock()) as parts:
        yield parts


async def _cold(parts: Parts, requests: Iterable[Request]) -> tuple[float, float]:
    """Nothing that is remembered will do: each decision reads what is known of the person."""
    asker = _asker(parts)
    decided: list[float] = []
    answered: list[float] = []
    for request in requests:
        began = time.perf_counter()
        await parts.gate.decide(asker, request, anew=True)
        between = time.perf_counter()
        await parts.side_pool.fetchval("SELECT epoch FROM policy")
        decided.append(between - began)
        answered.append(time.perf_counter() - between)
    return _slowest(decided), _slowest(answered)


def _slowest(taken: list[float]) -> float:
    return statistics.quantiles(taken[WARM_UP:], n=100)[-1] * 1_000


def _rules(parts: Parts, requests: Iterable[Request]) -> float:
    scopes = Scopes(parts.policy)
    taken = list(_times(_asker(parts), requests, policy=parts.policy, table=parts.classes.table, scopes=scopes))
    return statistics.median(taken[WARM_UP:]) * 1_000_000


def _times(
    asker: Principal, requests: Iterable[Request], *, policy: Policy, table: ClassTable, scopes: Scopes
) -> Iterator[float]:
    """Yield the seconds from the facts of a case to the rows that its permit reaches."""
    now = SystemClock().now()
    later = now + timedelta(days=1)
    ties = tuple(Tie(party=asker.organisation, kind=kind, until=later) for kind in (CONTRIBUTION, "encounter"))
    for request in requests:
        began = time.perf_counter()
        case = Case(principal=asker, request=request, policy=policy, ties=ties)
        outcome = fold(judge_all(case, RULES), emergency=case.in_emergency)
        own_only = restricted_to_own(case, own_only=outcome.own_only)
        terms = terms_of(table.agreements, asker, emergency=case.in_emergency, now=now)
        scopes.classes(case, table=table, own_only=own_only, terms=terms)
        persons(case, own_only=own_only)
        places_of(case, own_only=own_only)
        yield time.perf_counter() - began


def _asker(parts: Parts) -> Principal:
    expires = parts.clock.now() + timedelta(hours=1)
    return persona_claims(BY_NAME[ASKER]).principal(token_id="bench", expires=expires)
