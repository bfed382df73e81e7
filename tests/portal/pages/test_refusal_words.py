"""Every refusal of every rule, over the combinations of the matrix: short enough to be read, and never without a way onward."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Final, NamedTuple

from tests.access.matrix.combinations import questions
from tests.access.matrix.program import POLICY, case_of

from lhcr.access.alerts import AlertType
from lhcr.access.claims import judge_claim
from lhcr.access.decide import RULES
from lhcr.access.emergency import judge_emergency
from lhcr.access.fold import fold, judge_all
from lhcr.access.policy import area_policy
from lhcr.access.refusal import Refused
from lhcr.access.request import Request
from lhcr.access.verdict import Verdict, VerdictKind
from lhcr.access.ways import ways_past
from lhcr.demo.access_policy import ACCESS_POLICY
from lhcr.identity.principal import Principal
from lhcr.portal.pages.messages import error_page
from lhcr.portal.rendering import Look, Renderer

MOST_WORDS: Final = 120
#: A prime step, so that no dimension of the combinations is left out by being in step with it.
STEP: Final = 211
REFERENCE: Final = "D-0C4K2V7Q3M5ZT"
ONWARD: Final = re.compile(
    r"Ask |Sign in |If you |If this |Name the person|Choose |To trace |A search of this type|Telephone |In the portal you can "
)
_DENIALS: Final = frozenset({VerdictKind.DENY_ALWAYS, VerdictKind.DENY_UNLESS_EMERGENCY})
CONTACT: Final = area_policy(ACCESS_POLICY).file.contact.sentence


class Case(NamedTuple):
    """A refusal as somebody of a kind meets it."""

    verdict: Verdict
    principal: Principal
    request: Request | None
    ways: tuple[AlertType, ...]

    @property
    def refusal(self) -> Refused:
        return Refused(self.verdict, reference=REFERENCE, request=self.request, ways=self.ways, contact=CONTACT)


@cache
def every_refusal() -> tuple[Case, ...]:
    """Return one of each kind that the sample of the matrix has: by verdict, kind of asker, request and ways."""
    found: dict[object, Case] = {}
    for case in _refusals():
        request = case.request
        named = (request.interaction, request.type, request.person is None) if request else None
        found.setdefault((case.verdict, case.principal.kind, named, case.ways), case)
    return tuple(found.values())


def _refusals() -> Iterator[Case]:
    for question in islice(questions(), 0, None, STEP):
        case = case_of(question)
        outcome = fold(verdicts := judge_all(case, RULES), emergency=case.in_emergency)
        # Whichever rule decides under another policy: each refusal of every rule is one that somebody may read.
        refused = [] if outcome.permitted else [outcome.decisive]
        for verdict in (*refused, *(each for each in verdicts if each.kind in _DENIALS)):
            yield Case(verdict, case.principal, case.request, ways_past(verdict, case.principal, policy=POLICY))
        for verdict in (judge_claim(case.principal, policy=POLICY), judge_emergency(case.principal)):
            if not verdict.permits:
                yield Case(verdict, case.principal, None, ())


def test_every_refusal_says_why_and_what_next_in_at_most_120_words() -> None:
    found = every_refusal()
    assert {case.verdict.rule for case in found} >= {name for name, _ in RULES} | {"default", "claim"}
    for case in found:
        told = str(case.refusal)
        assert len(told.split()) <= MOST_WORDS, told
        assert told.startswith(case.verdict.reason)
        assert ONWARD.match(told.removeprefix(case.verdict.reason).strip()), told
        assert CONTACT in told
        assert told.endswith(f"Decision {REFERENCE}.")


def test_whoever_reads_a_page_of_it_has_a_way_onward_too_and_the_telephone() -> None:
    renderer = Renderer(Look(area="Aldermere Care Record", demonstration=True))
    shown: dict[object, Case] = {(case.verdict, case.principal.kind, case.ways): case for case in every_refusal()}
    for case in shown.values():
        page = bytes(error_page(renderer, case.refusal, principal=case.principal, key="k").body).decode()
        main = re.sub(r"<[^>]*>", " ", page[page.index("<main") : page.index("</main>")])
        assert len(main.split()) <= MOST_WORDS, main
        assert "What you can do" in main
        assert "01632 960 999" in main
        assert all(f"/record/k/{slug}" in page for slug in _slugs(case))
    assert len(shown) > 40


def _slugs(case: Case) -> list[str]:
    slugs = {AlertType.RELATIONSHIP: "claim", AlertType.ACCESS: "emergency"}
    return [slugs[way] for way in case.ways]
