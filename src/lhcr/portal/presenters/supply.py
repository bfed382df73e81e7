"""Supplies of a medicine: each beside the dose that it was of, or on its own where no dose in force is the one supplied.

Hazard guarded here: the wrong dose. A supply beside a dose that was never dispensed reads as if the pharmacy had handed it over.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Final

from lhcr.portal.addresses import RecordAddresses
from lhcr.portal.presenters.row import Tag, origin_of
from lhcr.views.medicines import Medicine
from lhcr.views.plain_dose import same_words
from lhcr.views.row import Row

#: The column of medicines that holds the dose.
DOSE: Final = "Dose and instructions"
#: The column that holds how it gets into the body, where the dose leaves that out.
ROUTE: Final = "Route"
_GIVEN: Final = "MedicationAdministration"
#: The words for a supply that took place; any other status is told as it is.
_DONE: Final = frozenset({"Supplied", "Given"})
_DIFFERS: Final = "This differs from every line above: check which dose is taken."
_CONFIRMS_NONE: Final = "This does not confirm any dose above."


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyApart:
    """A medicine's latest supply where it is of no dose in force: its own product and dose, and what it must not be taken for."""

    href: str
    name: str
    tag: Tag
    dose: tuple[str, ...]
    caution: str
    origin: str
    date: str


def supply_of(medicine: Medicine, rows: Iterable[Row]) -> Row | None:
    """The newest supply of the product, dose and route of `rows`, which agree; a route that one of them leaves out is the others'."""
    shown = tuple(rows)
    return next((each for each in medicine.given if all(_is_of(each, row) for row in shown)), None)


def supply_words(supply: Row | None) -> str:
    """When and by whom a line's own product and dose were last supplied; empty where nothing says so."""
    if supply is None:
        return ""
    status = supply.status.words
    told = f"Last {status.lower()}" if status in _DONE else status
    return f"{told} with this dose: {_date(supply)} by {origin_of(supply)}"


def supply_apart(medicine: Medicine, told: Container[Row], where: RecordAddresses) -> SupplyApart | None:
    """The latest supply, unless it is among those that the medicine's lines have `told` or that are lines themselves.

    Hazard: the newest supply told nowhere, and an older one read as the last. What lines have told is asked of them, not guessed.
    """
    supply = medicine.last_supply
    if supply is None or supply in told:
        return None
    given, said = supply.kind == _GIVEN, supply.cell(DOSE)
    status = supply.status.words
    return SupplyApart(
        href=where.entry(supply.reference),
        name=supply.title,
        tag=Tag(f"Last {status.lower()}" if status in _DONE else status, "grey"),
        dose=_dose("Dose given" if given else "Dose supplied", said),
        caution=_DIFFERS if said else _CONFIRMS_NONE,
        origin=f"{'Given' if given else 'Supplied'} by {origin_of(supply)}",
        date=_date(supply),
    )


def _dose(label: str, said: tuple[str, ...]) -> tuple[str, ...]:
    return (f"{label}: {said[0]}", *said[1:]) if said else (f"{label}: not recorded",)


def _is_of(supply: Row, row: Row) -> bool:
    """Whether a supply is of a row's product and dose. One that says no dose is of none, also where the row says none."""
    doses, routes = (supply.cell(DOSE), row.cell(DOSE)), (supply.cell(ROUTE), row.cell(ROUTE))
    return (
        all(doses)
        and same_words(supply.title, row.title)
        and same_words(*map("\n".join, doses))
        and (not all(routes) or same_words(*map("\n".join, routes)))
    )


def _date(supply: Row) -> str:
    return supply.date.shown if supply.date else "date not recorded"
