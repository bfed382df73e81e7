"""Two worlds: professionals are told the same, byte for byte, with and without what is hidden from them, but that something is.

Hazard: a sensitive item exposed, by a count, a version, a time, an order, a link or an error. One of the worlds holds entries that are
hidden in every way in which something can be; the other never heard of them. Both are asked the same by chance.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest
from tests.two_worlds.building import Worlds
from tests.two_worlds.comparing import compare, first
from tests.two_worlds.effort import REQUESTS_OF_EACH, SEED
from tests.two_worlds.questions import Questions
from tests.two_worlds.vocabulary import vocabulary

from lhcr.fhir_api import search
from lhcr.record import history, quotes_in_sight, reading
from lhcr.record.search.gathering import Gathering
from lhcr.record.sql import HISTORY, READS
from lhcr.store.search.compilation import Compilation
from lhcr.store.visibility import Visibility

_JUDGED: Final = re.compile(
    r"CASE WHEN \w*\.?class < 8 \* octet_length\((\$\d::bytea)\) THEN get_bit\(\$\d::bytea, \w*\.?class\) = 1 ELSE false END"
)
#: Of whom policy tells each asker that something is hidden: objections do, in one of the worlds, hide something of both.
NOTICED: Final = dict.fromkeys(("gp", "pharmacist", "technician", "app-of-gp"), ("ann", "bob"))
Leak = Callable[[pytest.MonkeyPatch], None]


@pytest.mark.slow
@pytest.mark.parametrize("asker", ["gp", "pharmacist", "technician", "receptionist", "app-of-gp"])
async def test_whoever_may_not_see_it_is_told_the_same_as_if_it_were_not_there(worlds: Worlds, asker: str) -> None:
    told = await compare(worlds, asker, Questions(f"{SEED} {asker}", vocabulary()), most=REQUESTS_OF_EACH)
    print(f"seed {SEED}: {asker} asked {told.requests} requests of both worlds, {dict(sorted(told.statuses.items()))}")  # noqa: T201
    assert not told.differences, f"seed {SEED}\n{first(told.differences)}"
    assert not told.whispers
    assert told.spoken > 10 or asker != "gp"
    assert {*told.telling.with_it} == {("fuller", asker, person) for person in NOTICED.get(asker, ())}
    assert not told.telling.wavering
    assert told.requests >= REQUESTS_OF_EACH
    assert told.statuses[200] > told.requests // 20


def _unjudged(statements: Mapping[str, str], *names: str) -> dict[str, str]:
    """Return statements of which some judge no row by its class."""
    told = {name: _JUDGED.sub(r"\1 IS NOT NULL", text) if name in names else text for name, text in statements.items()}
    assert all(told[name] != statements[name] for name in names)
    return told


def _hops_are_not_judged(patch: pytest.MonkeyPatch) -> None:
    judged = Compilation.permitted
    patch.setattr(Compilation, "permitted", lambda self, alias: judged(self, alias) if alias == "r" else [])


def _included_entries_are_not_judged(patch: pytest.MonkeyPatch) -> None:
    targets = Gathering.targets

    async def leaking(self: Gathering, wanted: Any) -> Any:
        self.classes = b"\xff" * len(self.classes)
        return await targets(self, wanted)

    patch.setattr(Gathering, "targets", leaking)


def _golden_patients_are_folded_from_all(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reading, "READS", _unjudged(READS, "contributions"))


def _reads_are_not_judged(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reading, "READS", _unjudged(READS, "read"))


def _histories_are_not_judged(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(history, "HISTORY", _unjudged(HISTORY, "instance"))


def _quotes_are_not_judged(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(quotes_in_sight, "READS", _unjudged(READS, "quoted_in_sight"))


def _what_an_answer_holds_says_whether_something_is_hidden(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(search, "is_told", lambda page, **_: page.noticed and bool(page.matches))


def _a_class_too_many(patch: pytest.MonkeyPatch) -> None:
    """One class in four that is hidden is not."""
    patch.setattr(Visibility, "mask_for", lambda self, _: bytes(each | 0x11 for each in self.mask))


#: Each leak, and what the questions have in common that find it soonest; all questions find each of them within 1,500.
LEAKS: Final[Mapping[str, tuple[Leak, str]]] = {
    "hops": (_hops_are_not_judged, ""),
    "includes": (_included_entries_are_not_judged, "_include"),
    "golden": (_golden_patients_are_folded_from_all, "/Patient/"),
    "reads": (_reads_are_not_judged, ""),
    "histories": (_histories_are_not_judged, "_history"),
    "quotes": (_quotes_are_not_judged, ""),
    "notice": (_what_an_answer_holds_says_whether_something_is_hidden, ""),
    "classes": (_a_class_too_many, ""),
}


@pytest.mark.parametrize("leak", LEAKS)
async def test_the_proof_fails_where_the_gate_leaks_in_one_place(
    worlds: Worlds, leak: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_leak, common = LEAKS[leak]
    let_leak(monkeypatch)
    questions = (each for each in Questions("a leak", vocabulary()) if common in each.target)
    told = await compare(worlds, "gp", questions, most=1_500, until_differing=True)
    print(f"{leak}: found out after {told.requests} requests")  # noqa: T201
    assert told.is_found_out
