"""Tokens of personas exist in a demonstration alone, and say of each persona what it may be."""

import asyncio
import base64
import json

import asyncpg
import pytest
from tests.cli.processes import lhcr
from tests.conftest import MakeDatabase

from lhcr.access.policy import baseline_policy
from lhcr.cli.demonstration_mark import mark_demonstration
from lhcr.demo.persona_claims import PURPOSES, persona_claims
from lhcr.demo.personas import BY_NAME, PERSONAS, Persona
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.clock import SystemClock
from lhcr.kernel.errors import Conflict


def test_a_database_that_is_no_demonstration_gives_no_token(migrated_database: MakeDatabase) -> None:
    """Hazard: a persona, who proves nothing about themselves, in front of real records."""
    done = lhcr("token", "--persona", "gp", "--database-url", migrated_database())
    assert done.returncode == 1
    assert done.stdout == ""
    assert "no token was made" in done.stderr.lower()


async def test_hazard_a_token_that_is_printed_does_not_say_who_its_persona_is(migrated_database: MakeDatabase) -> None:
    """What is printed stands in the history of a terminal, and in what somebody sends who asks for help."""
    dsn = migrated_database()
    connection = await asyncpg.connect(dsn)
    await mark_demonstration(connection)
    await connection.close()
    done = await asyncio.to_thread(lhcr, "token", "--persona", "patient", "--database-url", dsn)
    assert (done.returncode, done.stderr) == (0, "")
    middle = done.stdout.strip().split(".")[1]
    payload = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    assert payload.keys() == {"iss", "aud", "iat", "exp", "jti", "sub", "sealed"}
    patient = persona_claims(BY_NAME["patient"])
    number = patient.nhs_number
    assert number is not None
    for secret in (number, patient.name, patient.sub):
        assert secret not in json.dumps(payload)


@pytest.mark.parametrize(
    "scope", ["foo", "user/Nope.rs", "user/Observation.zz", "user/Patient.rs foo", "patient/*.rs", " "]
)
def test_a_scope_that_grants_nothing_is_refused_before_anything_is_opened(scope: str) -> None:
    """Hazard: whoever misspells a scope believes that they see all that there is, or that they see less than they do."""
    done = lhcr("token", "--persona", "gp", "--scope", scope, "--database-url", "postgresql://nowhere.invalid/none")
    assert (done.returncode, done.stdout) == (2, "")
    assert "scope" in done.stderr
    assert "user/Observation.rs" in done.stderr or scope == " "


async def test_a_database_with_people_does_not_become_a_demonstration(migrated_database: MakeDatabase) -> None:
    connection = await asyncpg.connect(migrated_database())
    try:
        await connection.execute("INSERT INTO person VALUES (1)")
        with pytest.raises(Conflict, match="not marked as a demonstration"):
            await mark_demonstration(connection)
    finally:
        await connection.close()


@pytest.mark.parametrize("persona", PERSONAS, ids=lambda persona: persona.name)
def test_the_claims_of_every_persona_make_a_principal(persona: Persona) -> None:
    principal = persona_claims(persona).principal(token_id="t", expires=SystemClock().now())
    assert principal.name == persona.display
    assert (principal.organisation or None) == persona.organisation


def test_the_purposes_of_each_kind_are_those_that_the_baseline_policy_grants() -> None:
    assert {kind: frozenset(purposes) for kind, purposes in PURPOSES.items()} == dict(baseline_policy().purposes)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("gp", PrincipalKind.PROFESSIONAL),
        ("patient", PrincipalKind.CITIZEN),
        ("carer", PrincipalKind.CITIZEN),
        ("supplier", PrincipalKind.SYSTEM),
        ("pharmacy-system", PrincipalKind.SYSTEM),
        ("privacy-officer", PrincipalKind.OFFICE),
        ("caldicott", PrincipalKind.OFFICE),
        ("operator", PrincipalKind.OPERATOR),
        ("neighbour", PrincipalKind.PROFESSIONAL),
    ],
)
def test_each_persona_is_of_the_kind_that_its_work_is(name: str, kind: PrincipalKind) -> None:
    assert persona_claims(BY_NAME[name]).kind is kind


def test_asking_for_a_token_marks_nothing(migrated_database: MakeDatabase) -> None:
    dsn = migrated_database()
    lhcr("token", "--persona", "gp", "--database-url", dsn)

    async def marks() -> int:
        connection = await asyncpg.connect(dsn)
        try:
            return int(await connection.fetchval("SELECT count(*) FROM area_setting WHERE name = 'demonstration'"))
        finally:
            await connection.close()

    assert asyncio.run(marks()) == 0
