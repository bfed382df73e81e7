"""Orders of the privacy office for tests: given by a guardian, about entries that are named as `Type/id`."""

from collections.abc import Iterable
from dataclasses import replace

from tests.record.area import HOSPITAL, Area

from lhcr.access.decision import AccessDecision
from lhcr.access.request import Interaction, Request
from lhcr.identity.principal import PrincipalKind
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Role, activities_of
from lhcr.record.entry_order import Selection
from lhcr.record.removal import Removed
from lhcr.record.restriction_of_processing import Restricted

COURT = "Order of the Family Court, 12 May 2026, case 14"
GUARDIAN = replace(
    HOSPITAL,
    user_id="guardian",
    name="A guardian",
    kind=PrincipalKind.OFFICE,
    role_code=Role.CALDICOTT_GUARDIAN.code,
    activities=activities_of(Role.CALDICOTT_GUARDIAN),
    purposes=(Purpose.OPERATIONS,),
    purpose=Purpose.OPERATIONS,
    token_id="token-guardian",
)
#: Every text and every byte of every table, with where it stands.
_COLUMNS = """
SELECT table_name::text AS "table", column_name::text AS "column", data_type::text AS type FROM information_schema.columns
WHERE table_schema = 'public' ORDER BY table_name, ordinal_position
"""


async def decided(area: Area, person_id: int | None) -> AccessDecision:
    request = Request(interaction=Interaction.ORDER, type=None, person=person_id)
    return await area.gate.decide(GUARDIAN, request, anew=True)


async def selected(area: Area, reference: str, *, source: str = "") -> Selection:
    type_, _, id_ = reference.partition("/")
    person_id = await area.person_of(reference)
    assert person_id is not None
    return Selection(person_id=person_id, type="" if source else type_, id="" if source else id_, source=source)


async def remove(area: Area, reference: str, *, source: str = "") -> Removed:
    about = await selected(area, reference, source=source)
    return await area.record.removal.remove(await decided(area, about.person_id), about, authority=COURT)


async def restrict(area: Area, reference: str, *, source: str = "") -> Restricted:
    about = await selected(area, reference, source=source)
    return await area.record.processing.restrict(await decided(area, about.person_id), about, authority=COURT)


async def places_of(area: Area, *words: str) -> set[str]:
    """Return `table.column` of wherever one of some words stands in the database, as text or as bytes, in any case of letters."""
    parts = []
    for row in await area.rows(_COLUMNS):
        value = f"encode({row['column']}, 'escape')" if row["type"] == "bytea" else f'"{row["column"]}"::text'
        said = " OR ".join(f"{value} ILIKE '%{word}%'" for word in words)
        place = f"{row['table']}.{row['column']}"
        parts.append(f"SELECT '{place}' AS place WHERE EXISTS (SELECT FROM \"{row['table']}\" WHERE {said})")
    return {row["place"] for row in await area.rows(" UNION ALL ".join(parts))}


def outside_the_log(places: Iterable[str]) -> set[str]:
    return {each for each in places if not each.startswith("audit_")}
