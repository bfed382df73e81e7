"""The scope of a permit: which rows it reaches, compiled once to persons and access classes."""

from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

from lhcr.access.access_class import AccessClass, ClassTable
from lhcr.access.agreed import may_be_narrowed, without_unshared
from lhcr.access.agreements import NO_TERMS, Terms
from lhcr.access.case import Case
from lhcr.access.categories import categories_of_type
from lhcr.access.consent import Objection
from lhcr.access.consented import hiding, keeps_to_own, without_objected
from lhcr.access.coverage import readable_categories
from lhcr.access.places import is_trusted_citizen, places_of
from lhcr.access.policy import DEMOGRAPHICS, DIRECTORY, PRODUCT, Policy
from lhcr.access.request import UNKNOWN, Interaction
from lhcr.access.rules.sensitivity import reaches
from lhcr.access.smart_scope import searched_types
from lhcr.identity.principal import PrincipalKind
from lhcr.store.visibility import Places

_MOST_WAYS: Final = 256
_OF_PATIENTS: Final = frozenset({DEMOGRAPHICS})
#: The log is no part of the record, and an order reads nothing of it.
_OF_NO_ROWS: Final = frozenset({Interaction.AUDIT_READ, Interaction.ORDER})
#: What is changed is always the own organisation's.
CHANGES: Final = frozenset({Interaction.UPDATE, Interaction.PATCH, Interaction.DELETE})


class _Shape(NamedTuple):
    """What the classes of a permit follow from; `restricted`: it reaches restricted demographics; `citizen`: a person's own."""

    categories: frozenset[str] | None
    own_source: int | None
    own_only: bool
    restricted: bool
    citizen: bool


#: What leaves a permit fewer classes: objections, and agreements as they stand for the users of an organisation, None where they do not.
_Way: TypeAlias = tuple[_Shape, tuple[Objection, ...], str, Terms | None]


class Scopes:
    """Compiles and remembers the classes of permits of one shape, as long as the class table stands."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._epoch = 0
        self._known: dict[_Shape, tuple[int, ...]] = {}
        self._left: dict[_Way, tuple[int, ...]] = {}

    def classes(self, case: Case, *, table: ClassTable, own_only: bool, terms: Terms = NO_TERMS) -> tuple[int, ...]:
        """Return the classes whose rows may be read, in rising order. `terms`: what the table's agreements say to the asker now."""
        return self._classes(case, _categories(case), table=table, own_only=own_only, terms=terms)

    def of_patients(self, case: Case, *, table: ClassTable, own_only: bool, terms: Terms) -> tuple[int, ...]:
        """Return the classes of the Patients that may be seen, in rising order: whatever else is asked, or granted to an app."""
        return self._classes(case, _OF_PATIENTS, table=table, own_only=own_only, terms=terms)

    def _classes(
        self, case: Case, categories: frozenset[str] | None, *, table: ClassTable, own_only: bool, terms: Terms
    ) -> tuple[int, ...]:
        if table.epoch != self._epoch:
            self._epoch, self._known, self._left = table.epoch, {}, {}
        own_source = table.source_by_ods.get(case.principal.organisation)
        shape = _Shape(
            categories=categories,
            own_source=own_source,
            own_only=own_only,
            restricted=_shows_restricted(case, own_only=own_only),
            citizen=case.principal.kind is PrincipalKind.CITIZEN,
        )
        found = self._known.get(shape)
        if found is None:
            found = self._known[shape] = tuple(sorted(self._reached(shape, table)))
        return self._without_hidden(case, shape, found, table=table, terms=terms)

    def _without_hidden(
        self, case: Case, shape: "_Shape", classes: tuple[int, ...], *, table: ClassTable, terms: Terms
    ) -> tuple[int, ...]:
        """Return classes without those that the person objects to and those that are not shared with the asker.

        Many people object to the same, and colleagues are told the same by agreements: each way is remembered.
        """
        objections, asker = hiding(case), case.principal
        agreed = terms if may_be_narrowed(asker, terms, policy=self._policy) else None
        if not objections and agreed is None:
            return classes
        way = (shape, objections, asker.organisation, agreed)
        found = self._left.get(way)
        if found is None:
            if len(self._left) >= _MOST_WAYS:
                self._left.clear()
            own = asker.organisation
            found = without_objected(objections, classes, table=table, own=own) if objections else classes
            if agreed is not None:
                found = without_unshared(terms, found, table=table, own=own, policy=self._policy)
            self._left[way] = found
        return found

    def _reached(self, shape: "_Shape", table: ClassTable) -> Iterator[int]:
        for one in table.classes:
            # A label whose word does not count restricts nobody, and goes on hiding what carries it.
            restricted = shape.restricted and self._policy.may_restrict(table.ods_of(one.class_id))
            if _open(one) or reaches(
                one,
                categories=shape.categories,
                own=one.source_id == shape.own_source,
                own_only=shape.own_only,
                restricted=restricted,
                citizen=shape.citizen,
                policy=self._policy,
            ):
                yield one.class_id


def restricted_to_own(case: Case, *, own_only: bool) -> bool:
    """Return whether a permit reaches only what the asker's own organisation contributed.

    So it is for whatever may be changed, for a system always, whichever rule let it in, and where the person objects to all else.
    """
    is_own = own_only or case.principal.kind is PrincipalKind.SYSTEM or case.request.interaction in CHANGES
    return is_own or keeps_to_own(case)


def persons(case: Case, *, own_only: bool) -> tuple[int, ...] | None:
    """Return the persons whose rows a permit reaches: none for a person who is not here, None for everybody.

    A write that names nobody yet looks among its own organisation's contributions to everybody, so that a conditional create
    finds what it would repeat.
    """
    asked = case.request.person
    of_system, writes = case.principal.kind is PrincipalKind.SYSTEM, case.request.interaction.writes
    if asked is UNKNOWN:
        # A feed may write about somebody whom only a condition names, or who comes later.
        return None if of_system and writes else ()
    if asked:
        return (asked,)
    own_of_anyone = own_only and (of_system or writes)
    return None if own_of_anyone or case.of_products or case.request.interaction is Interaction.TRACE else ()


def _shows_restricted(case: Case, *, own_only: bool) -> bool:
    """Whether restricted demographics are reached: where their places are withheld, and by the person themself."""
    return places_of(case, own_only=own_only) is not Places.SHOWN or is_trusted_citizen(case)


def _categories(case: Case) -> frozenset[str] | None:
    """Return the categories that a permit reaches, None for all.

    Hazard: an app that was granted one type must not read others through a hop. Categories are coarser than types, so that
    an app may still see another type of a category that it was granted.
    """
    categories, types = _categories_of_bearer(case), searched_types(case.principal, case.request.type)
    if types is None:
        return categories
    granted = frozenset({DIRECTORY}).union(*(categories_of_type(each, policy=case.policy) for each in types))
    return granted if categories is None else categories & granted


def _categories_of_bearer(case: Case) -> frozenset[str] | None:
    """Hazard: a permit for what is about nobody must not open rows about people that a search hops to from there."""
    if case.request.interaction is Interaction.TRACE:
        return frozenset({DEMOGRAPHICS})
    if case.request.interaction in _OF_NO_ROWS:
        return frozenset()
    if case.principal.kind is PrincipalKind.SYSTEM:
        return None
    if case.of_directory and not case.request.interaction.writes:
        return frozenset({DIRECTORY})
    readable = readable_categories(case.principal, policy=case.policy)
    return readable & {PRODUCT} if case.of_products else readable


def _open(access_class: AccessClass) -> bool:
    return access_class.category == DIRECTORY and not access_class.labels
