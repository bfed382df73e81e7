"""A compilation: the state that the parts of one statement share, and the conditions that every hop carries."""

from dataclasses import dataclass
from enum import Enum

from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.parameter import SearchParameter
from lhcr.fhir.whereabouts.parameters import tells_place
from lhcr.store.class_mask import is_permitted
from lhcr.store.search.arguments import Arguments
from lhcr.store.search.bindings import Bindings
from lhcr.store.search.scope import Scope
from lhcr.store.visibility import Places, Visibility

PATIENT = "Patient"
NEVER = "false"
ALWAYS = "true"


class Place(Enum):
    """Where rows live, and what one result is.

    PERSON: a resource at home with a person or on the shelf. PATIENT: a person, whose permitted Patient contributions
    fulfil criteria together. DIRECTORY: an organisation, practitioner, place or definition, open to whoever may ask.
    """

    PERSON = "person"
    PATIENT = "patient"
    DIRECTORY = "directory"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of `resource` that conditions are about, by its alias. In PATIENT only its person counts."""

    alias: str
    place: Place


class Compilation:
    def __init__(self, *, visibility: Visibility, scope: Scope, bindings: Bindings) -> None:
        self.arguments = Arguments()
        self.visibility = visibility
        self.scope = scope
        self.bindings = bindings
        self._aliases = 0

    def alias(self, letter: str) -> str:
        self._aliases += 1
        return f"{letter}{self._aliases}"

    def table(self, name: str, place: Place) -> str:
        return f"directory_{name}" if place is Place.DIRECTORY else name

    def person(self, row: Row) -> str:
        """Return the person of a row, as a parameter wherever it is one, so that every hop is bound to one partition."""
        if row.place is Place.DIRECTORY:
            return "0"
        return self.only_person() or f"{row.alias}.person_id"

    def only_person(self) -> str | None:
        """Return the parameter of the only person whose rows are touched, None where there are several."""
        person = self.scope.person
        return None if person is None else self.arguments.named("person", person, "bigint")

    def in_scope(self, alias: str, place: Place) -> list[str]:
        """Bind the outermost row of a statement to the scope; the hops from it are bound to its person."""
        if place is Place.DIRECTORY:
            return [f"{alias}.person_id = 0"]
        if person := self.only_person():
            return [f"{alias}.person_id = {person}"]
        if self.scope.persons is None:
            return []
        return [f"{alias}.person_id = ANY ({self.arguments.named('scope', self.scope.persons, 'bigint[]')})"]

    def permitted(self, alias: str) -> list[str]:
        """Keep the search rows that may be looked at. Hazard: a hidden entry that is found, counted or chained through.

        The directory is open to whoever may ask, but for what a source labelled: every decision permits its plain classes.
        """
        mask = self.visibility.mask
        return [
            is_permitted(
                f"{alias}.class",
                mask=self.arguments.named("classes", mask, "bytea"),
                length=self.arguments.named("classes_known", 8 * len(mask), "integer"),
            )
        ]

    def placeless(self, alias: str, place: Place, parameters: tuple[SearchParameter, ...]) -> list[str]:
        """Keep the search rows that tell no restricted person's whereabouts; nothing is asked of rows that tell nobody's.

        Hazard: the address of a restricted person is found out by asking for it. The fact lies with the row's person.
        """
        shown = place is Place.DIRECTORY or self.visibility.places is Places.SHOWN
        if shown or not any(tells_place(each) for each in parameters):
            return []
        fact, person = self.alias("x"), self.only_person() or f"{alias}.person_id"
        return [f"NOT EXISTS (SELECT FROM fact_restriction AS {fact} WHERE {fact}.person_id = {person})"]

    def visible(self, alias: str, place: Place) -> list[str]:
        """Keep the rows of `resource` that may be seen: not deleted and of a permitted class.

        A person's entry that names somebody hidden is seen masked. What is nobody's own, on the shelf, or says who somebody is,
        a Patient, is not seen at all then.
        """
        conditions = [f"{alias}.body IS NOT NULL", *self.permitted(alias)]
        persons = self.visibility.nameable
        if place is Place.PATIENT and persons is not None:
            conditions.append(f"({self._names_nobody_hidden(alias, persons)})")
        elif place is Place.PERSON and persons is not None:
            conditions.append(f"({alias}.person_id > 0 OR {self._names_nobody_hidden(alias, persons)})")
        return conditions

    def masked(self, alias: str, place: Place) -> str:
        """Say that a row that may be seen names somebody who may not: it is served without whom it names."""
        persons = self.visibility.nameable
        if place is not Place.PERSON or persons is None:
            return NEVER
        return f"NOT ({self._names_nobody_hidden(alias, persons)})"

    def shown_references(self, alias: str, row: Row) -> list[str]:
        """Keep the reference rows that a reader of the row may learn of: of a masked row, those that name no other Patient.

        Hazard: whom an entry names is found out by asking for it. Hazard: "none" inferred from absence, where the person whose
        entry it is is asked for and somebody hidden stands beside them.
        """
        if (masked := self.masked(row.alias, row.place)) == NEVER:
            return []
        hidden = self.arguments.named("perhaps_patients", [0, type_id(PATIENT)], "smallint[]")
        own = self._names_own_person(alias, row)
        return [f"({alias}.target_type <> ALL ({hidden}) OR {negated(masked)} OR {own})"]

    def _names_own_person(self, alias: str, row: Row) -> str:
        """Say that a reference names the person whose row it is, by the id of any of their Patients, whoever may read that one."""
        own, patient = self.alias("w"), self.arguments.named("patient", type_id(PATIENT), "smallint")
        same = [f"{own}.person_id = {row.alias}.person_id", f"{own}.type = {patient}", f"{own}.id = {alias}.target_id"]
        return f"({alias}.target_type = {patient} AND EXISTS (SELECT FROM resource AS {own} WHERE {every(same)}))"

    def orderly_references(self, alias: str, place: Place) -> list[str]:
        """As `shown_references`, of rows by which results are put in order before they are joined with their resources."""
        resource = self.alias("m")
        shown = self.shown_references(alias, Row(resource, place))
        if not shown:
            return []
        same = f"{resource}.person_id = {alias}.person_id AND {resource}.rid = {alias}.rid"
        return [
            f"EXISTS (SELECT FROM resource AS {resource} WHERE {every([same, *self.visible(resource, place), *shown])})"
        ]

    def _names_nobody_hidden(self, alias: str, persons: tuple[int, ...]) -> str:
        permitted = self.arguments.named("persons", persons, "bigint[]")
        return f"{alias}.members IS NULL OR {alias}.members <@ {permitted}"

    def of_visible_contribution(self, alias: str) -> list[str]:
        """Keep the search rows of Patients that name nobody else hidden. Any other row is reached through its resource."""
        if self.visibility.nameable is None:
            return []
        resource = self.alias("c")
        conditions = [f"{resource}.person_id = {alias}.person_id", f"{resource}.rid = {alias}.rid"]
        conditions += self.visible(resource, Place.PATIENT)
        return [f"EXISTS (SELECT FROM resource AS {resource} WHERE {every(conditions)})"]

    def parameters(self, alias: str, parameters: tuple[SearchParameter, ...]) -> str:
        rows = row_ids(parameters)
        if len(rows) == 1:
            return f"{alias}.param = {self.arguments.add(rows[0], 'smallint')}"
        return f"{alias}.param = ANY ({self.arguments.add(rows, 'smallint[]')})"


def of_row(row: Row, parameters: tuple[SearchParameter, ...]) -> tuple[SearchParameter, ...]:
    """Return the parameters that a row can have. A person is found by the person alone: others' parameters must not count."""
    if row.place is not Place.PATIENT or len(parameters) == 1:
        return parameters
    return tuple(each for each in parameters if each.type == PATIENT)


def row_ids(parameters: tuple[SearchParameter, ...]) -> list[int]:
    """Return the ids under which the rows of the parameters stand."""
    return sorted({row for each in parameters for row in each.rows})


def every(conditions: list[str]) -> str:
    """Join conditions that must all hold."""
    return " AND ".join(conditions) or ALWAYS


def some(conditions: list[str]) -> str:
    """Join conditions of which one must hold; with none of them nothing does."""
    if len(conditions) == 1:
        return conditions[0]
    return f"({' OR '.join(conditions)})" if conditions else NEVER


def negated(condition: str) -> str:
    return {NEVER: ALWAYS, ALWAYS: NEVER}.get(condition, f"NOT {condition}")
