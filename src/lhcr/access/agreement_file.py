"""The file of sharing agreements that an area loads: read strictly, with the place of each mistake.

    {"agreements": [{"id": "hospital-to-pharmacies", "sources": ["RRE"], "recipients": ["FA123"], "categories": ["medication"],
                     "state": "open", "from": "2026-01-01", "until": "2026-12-31"}]}

Hazard guarded here: a misspelt organisation or kind of entry, so that what was to be kept is shown or what was to be shared is missing.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec

from lhcr.access.agreed import agreed_on
from lhcr.access.agreement import EVERY, Agreement, SafetyTester, State
from lhcr.access.policy import OTHER, Policy
from lhcr.access.span import ALWAYS, BEGINNING, ENDLESS, span_of
from lhcr.fhir.json_document import read_json, write_json
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.told_name import told_mistake
from lhcr.nhs.ods import OdsCode

_MOST_BYTES: Final = 4_000_000
_MOST: Final = 2_000
_DATE: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?$"
_Names = Annotated[list[str], msgspec.Meta(min_length=1, max_length=1_000)]
_Date = Annotated[str, msgspec.Meta(pattern=_DATE, max_length=40)]


class _TesterForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    organisation: str
    user: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """An agreement as the file has it: `from` and `until` are days (UTC), both included, or instants with their zone."""

    id: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    sources: _Names
    recipients: _Names
    categories: _Names
    state: State
    from_: _Date
    until: _Date | None = None
    testers: Annotated[list[_TesterForm], msgspec.Meta(max_length=1_000)] = []
    in_emergency: bool = False


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    agreements: Annotated[list[object], msgspec.Meta(max_length=_MOST)]


def read_agreements(text: bytes, *, policy: Policy) -> tuple[Agreement, ...]:
    """Return the agreements of a file. Raises Incorrect (`agreement-invalid`) with every mistake and its place."""
    if len(text) > _MOST_BYTES:
        raise Incorrect([_issue("the file", f"is longer than {_MOST_BYTES:,} bytes")])
    try:
        forms = msgspec.convert(read_json(text), type=_File).agreements
    except msgspec.ValidationError as error:
        raise Incorrect([_issue("the file", told_mistake(str(error)))]) from None
    found: list[Agreement] = []
    issues: list[Issue] = []
    for place, form in enumerate(forms):
        _read_one(form, f"agreements[{place}]", policy, found, issues)
    issues += _repeated(forms)
    if issues:
        raise Incorrect(issues)
    return tuple(sorted(found, key=lambda each: each.agreement_id))


def _read_one(form: object, place: str, policy: Policy, found: list[Agreement], issues: list[Issue]) -> None:
    try:
        read = msgspec.json.decode(write_json(form), type=_Form)
    except msgspec.ValidationError as error:
        issues.append(_issue(place, told_mistake(str(error))))
        return
    mistakes = [_issue(f"{place}.{member}", what) for member, what in _mistakes(read, policy)]
    issues += mistakes
    if not mistakes:
        found.append(_agreement(read))


def _mistakes(form: _Form, policy: Policy) -> Iterator[tuple[str, str]]:
    for member, names in (("sources", form.sources), ("recipients", form.recipients)):
        yield from ((f"{member}[{place}]", what) for place, what in _wrong_organisations(names))
    yield from _wrong_categories(form.categories, policy)
    yield from _wrong_times(form)
    yield from _wrong_testers(form)


def _wrong_organisations(names: list[str]) -> Iterator[tuple[int, str]]:
    for place, name in enumerate(names):
        if name == EVERY and len(names) > 1:
            yield place, "is every organisation, beside which none is named"
        elif name != EVERY and not _is_ods(name):
            yield place, "is not an ODS code (three to twelve capital letters and digits)"
        elif name in names[:place]:
            yield place, "is named twice"


def _wrong_categories(names: list[str], policy: Policy) -> Iterator[tuple[str, str]]:
    known = agreed_on(policy)
    for place, name in enumerate(names):
        if name == EVERY and len(names) > 1:
            yield f"categories[{place}]", "is every kind of entry, beside which none is named"
        elif name != EVERY and name not in known:
            yield f"categories[{place}]", f"is none of {', '.join(sorted(known))}"


def _wrong_times(form: _Form) -> Iterator[tuple[str, str]]:
    low, high = span_of(form.from_, otherwise=ALWAYS), span_of(form.until, otherwise=ALWAYS)
    if low == ALWAYS or low.low <= BEGINNING:
        yield "from", "is no date"
    elif form.until is not None and high == ALWAYS:
        yield "until", "is no date"
    elif form.until is not None and high.high <= low.low:
        yield "until", "is not after `from`"


def _wrong_testers(form: _Form) -> Iterator[tuple[str, str]]:
    if (form.state is State.TESTERS) != bool(form.testers):
        yield "testers", "are named where the state is testers, and nowhere else"
    for place, each in enumerate(form.testers):
        if not _is_ods(each.organisation):
            yield f"testers[{place}].organisation", "is not an ODS code (three to twelve capital letters and digits)"
        elif {each.organisation, EVERY}.isdisjoint(form.recipients):
            yield f"testers[{place}].organisation", "is none of the recipients"


def _is_ods(name: str) -> bool:
    try:
        return bool(OdsCode(name))
    except Incorrect:
        return False


def _agreement(form: _Form) -> Agreement:
    return Agreement(
        agreement_id=form.id,
        sources=frozenset(form.sources),
        recipients=frozenset(form.recipients),
        categories=frozenset(form.categories),
        state=form.state,
        testers=frozenset(SafetyTester(each.organisation, each.user) for each in form.testers),
        low=span_of(form.from_, otherwise=ALWAYS).low,
        high=_end(form.until),
        in_emergency=form.in_emergency,
    )


def _end(until: str | None) -> datetime:
    """Return the instant after the last that is included."""
    last = span_of(until, otherwise=ALWAYS).high
    return last if last >= ENDLESS else last + timedelta(microseconds=1)


def _repeated(forms: Iterable[object]) -> Iterator[Issue]:
    seen = set[str]()
    for place, form in enumerate(forms):
        name = form.get("id") if isinstance(form, dict) else None
        if isinstance(name, str):
            if name in seen:
                yield _issue(f"agreements[{place}].id", "is the id of another agreement")
            seen.add(name)


def _issue(place: str, what: str) -> Issue:
    return Issue(code="value", error="agreement-invalid", diagnostics=f"{place}: {what}", expression=place)


def doubts(agreements: Iterable[Agreement], *, policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield what is well formed and may not be meant: the id of an agreement, and a sentence."""
    every = agreed_on(policy)
    for each in agreements:
        named = every if EVERY in each.categories else each.categories
        if "demographics" not in named and each.state is not State.OFF:
            yield each.agreement_id, "does not share demographics: who is known by these sources alone cannot be found."
        if OTHER in named and named != every and each.state is not State.OFF:
            yield each.agreement_id, "names other, which is shared only where every kind of entry is."
