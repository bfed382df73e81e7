import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lhcr.store.class_mask import class_mask, is_permitted


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(permitted=st.sets(st.integers(0, 200)), asked=st.sets(st.integers(0, 400)))
async def test_the_mask_permits_exactly_the_classes_it_was_made_of(
    database_server: str, permitted: set[int], asked: set[int]
) -> None:
    """Hazard: a row of a class that the decision does not permit, or that it does not even know."""
    mask = class_mask(tuple(sorted(permitted)))
    condition = is_permitted("class", mask="$1::bytea", length="$2::integer")
    connection = await asyncpg.connect(database_server)
    rows = await connection.fetch(
        f"SELECT class FROM unnest($3::integer[]) AS e (class) WHERE {condition}", mask, 8 * len(mask), sorted(asked)
    )
    await connection.close()
    assert {row["class"] for row in rows} == permitted & asked


def test_no_class_permits_nothing() -> None:
    assert not any(class_mask(()))
