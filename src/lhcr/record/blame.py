"""Blame: where, in what was sent, that stands which an error is about.

What is told is the place alone, as FHIRPath, never what stands there: that may say who somebody is. Places are looked for where
there is an error, and nowhere else.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final, TypeVar

from lhcr.fhir.expression import child, item
from lhcr.fhir.structural_check import MOST_ISSUES
from lhcr.kernel.errors import Conflict, Incorrect, Issue, LhcrError, NotFound
from lhcr.kernel.json_types import JsonObject
from lhcr.record.batch_references import Use
from lhcr.record.draft import Draft, Method

_T = TypeVar("_T")
_Step = str | int
_MISTAKES: Final = (Incorrect, Conflict, NotFound)


def place_in(draft: Draft, rest: str = "") -> str:
    """Return where something of a draft's resource stands, such as `.subject`: `Bundle.entry[3].resource.subject`.

    Of a patch it is where that would stand if what the patch leaves had been sent; a deletion has nothing but its entry.
    """
    if not draft.place:
        return draft.type + rest
    return draft.place + ("" if draft.method is Method.DELETE else rest)


def places_of(uses: Sequence[Use]) -> list[str]:
    """Return where elements of drafts stand; each resource is walked once, however many of its elements are asked for."""
    asked: dict[int, tuple[Draft, set[int]]] = {}
    for draft, element in uses:
        asked.setdefault(id(draft), (draft, set()))[1].add(id(element))
    found = {key: _paths(draft.resource or {}, wanted) for key, (draft, wanted) in asked.items()}
    return [place_in(draft, found[id(draft)].get(id(element), "")) for draft, element in uses]


def path_inside(resource: JsonObject, element: JsonObject) -> str:
    """Return the path from a resource to an object in it, such as `.participant[1].actor`; nothing where it is not there."""
    return _paths(resource, {id(element)}).get(id(element), "")


def put_at(error: LhcrError, draft: Draft) -> None:
    """Put the issues of an error about one draft, which begin with its type, where the draft stands in what was sent."""
    if draft.place:
        error.issues = tuple(replace(issue, expression=place_in(draft, _rest(issue, draft))) for issue in error.issues)


@contextmanager
def blaming(draft: Draft | None) -> Iterator[None]:
    """Put what is raised inside at a draft, if one is to blame."""
    try:
        yield
    except _MISTAKES as error:
        if draft is not None:
            put_at(error, draft)
        raise


def for_each(drafts: Iterable[Draft], do: Callable[[Draft], _T]) -> list[_T]:
    """Do the same for each draft, and raise what is wrong with any of them at once, as far as anybody reads."""
    done: list[_T] = []
    first: LhcrError | None = None
    issues: list[Issue] = []
    for draft in drafts:
        try:
            done.append(do(draft))
        except _MISTAKES as error:
            put_at(error, draft)
            first = first or error
            issues += error.issues
            if len(issues) >= MOST_ISSUES:
                break
    if first is not None:
        first.issues = tuple(issues[:MOST_ISSUES])
        raise first
    return done


def _rest(issue: Issue, draft: Draft) -> str:
    return (issue.expression or "").removeprefix(draft.type)


def _paths(resource: JsonObject, wanted: AbstractSet[int]) -> dict[int, str]:
    """Return the paths of the wanted objects by their identities."""
    found: dict[int, str] = {}
    _look(resource, [], wanted, found)
    return found


def _look(value: Any, steps: list[_Step], wanted: AbstractSet[int], found: dict[int, str]) -> None:
    """Look on until all are found; a document is no deeper than a stack bears."""
    inner: Iterable[tuple[_Step, Any]]
    if value.__class__ is dict:
        inner = value.items()
        if id(value) in wanted:
            found[id(value)] = _written(steps)
    else:
        inner = enumerate(value)
    for step, each in inner:
        if each.__class__ is dict or each.__class__ is list:
            if len(found) == len(wanted):
                return
            steps.append(step)
            _look(each, steps, wanted, found)
            steps.pop()


def _written(steps: Iterable[_Step]) -> str:
    path = ""
    for step in steps:
        path = item(path, step) if isinstance(step, int) else child(path, step)
    return path
