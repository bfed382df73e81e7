"""`lhcr policy`: an area names whose word counts; the file is whole or refused, and who gave it stands in the log."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.processes import lhcr, value_of
from tests.conftest import MakeDatabase

from lhcr.access.classes import AccessClasses
from lhcr.cli.area_policy import read_area_policy
from lhcr.store.database import open_pool

OWN: dict[str, Any] = {
    "contact": {"name": "the record's help desk", "telephone": "01632 960 999"},
    "proxy_sources": ["A81001"],
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(OWN))
    return path


def test_an_area_decides_for_itself_and_reads_what_it_decided(migrated_database: MakeDatabase, file: Path) -> None:
    dsn = migrated_database()
    assert value_of(dsn, "SELECT count(*) FROM area_setting WHERE name = 'access-policy'") == 0
    epoch = value_of(dsn, "SELECT epoch FROM policy")
    done = lhcr("policy", "set", str(file), "--database-url", dsn)
    assert (done.returncode, "Restart the area" in done.stdout) == (0, True), done.stderr
    policy = asyncio.run(read_area_policy(dsn))
    assert (policy.file.contact.telephone, policy.proxy_sources) == ("01632 960 999", frozenset({"A81001"}))
    shown = json.loads(lhcr("policy", "show", "--database-url", dsn).stdout)
    assert (shown["proxy_sources"], shown["decision_seconds"]) == (["A81001"], 60)
    assert value_of(dsn, "SELECT epoch FROM policy") > epoch
    text = (
        "SELECT convert_from(text, 'UTF8') FROM audit_entry WHERE convert_from(text, 'UTF8') LIKE '%policy-replaced%'"
    )
    said = json.loads(value_of(dsn, text))
    assert said["agent"]["user"].startswith("lhcr-command:")
    assert "replaces contact, proxy_sources of the baseline" in said["asked"]
    again = json.loads(lhcr("policy", "set", str(file), "--json", "--database-url", dsn).stdout)
    assert again == {"changed": False}
    assert value_of(dsn, f"SELECT count(*) FROM ({text}) AS said") == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"contact": 1}', '{"nonsense": 1}', '{"category_of_type": {"problem": ["Nonsense"]}}']
)
def test_hazard_a_server_that_starts_on_half_a_policy_what_is_none_changes_nothing(
    migrated_database: MakeDatabase, file: Path, text: str
) -> None:
    dsn = migrated_database()
    file.write_text(text)
    done = lhcr("policy", "set", str(file), "--database-url", dsn)
    assert (done.returncode, "no policy" in done.stderr) == (2, True), done.stderr
    assert value_of(dsn, "SELECT count(*) FROM area_setting WHERE name = 'access-policy'") == 0


def test_hazard_sensitive_item_exposed_no_type_changes_its_category_once_there_are_entries(
    migrated_database: MakeDatabase, file: Path
) -> None:
    dsn = migrated_database()
    policy = asyncio.run(read_area_policy(dsn)).file
    moved = {**policy.category_of_type, "other": [*policy.category_of_type.get("other", []), "Condition"]}
    moved = {name: [each for each in types if name == "other" or each != "Condition"] for name, types in moved.items()}
    file.write_text(json.dumps({"category_of_type": moved}))
    empty = migrated_database()
    assert lhcr("policy", "set", str(file), "--database-url", empty).returncode == 0
    asyncio.run(_take_in(dsn))
    done = lhcr("policy", "set", str(file), "--database-url", dsn)
    assert (done.returncode, "other categories than before" in done.stderr) == (1, True), done.stderr
    assert value_of(dsn, "SELECT count(*) FROM area_setting WHERE name = 'access-policy'") == 0


async def _take_in(dsn: str) -> None:
    """Have a class of entries, as the first entry of a source makes it."""
    async with await open_pool(dsn, smallest=1, largest=1) as pool:
        classes = AccessClasses(pool)
        await classes.class_of(await classes.source_of("RRE", name="Hospital"), category="problem", labels=())
