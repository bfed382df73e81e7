"""`lhcr client` and `lhcr signing-key`: who may ask for tokens, and with what they are signed."""

import json
from pathlib import Path

import pytest
from joserfc.jwk import ECKey
from tests.cli.processes import lhcr
from tests.conftest import MakeDatabase

KEY = ECKey.generate_key("P-384")
SYSTEM = ("client", "register", "--name", "A system", "--ods", "RRE", "--organisation", "The Hospital")


@pytest.fixture
def keys(tmp_path: Path) -> str:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [{**KEY.as_dict(private=False), "kid": "one"}]}))
    return str(file)


def test_a_client_is_registered_listed_and_ended(migrated_database: MakeDatabase, keys: str) -> None:
    database = ("--database-url", migrated_database())
    made = lhcr(*SYSTEM, "--keys", keys, "--scope", "system/*.rs", "--id", "a-system", *database)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout == "a-system  system  RRE  system/*.rs  A system\n"
    (told,) = json.loads(lhcr("client", "list", "--json", *database).stdout)["clients"]
    assert told["id"] == "a-system"
    assert lhcr("client", "end", "a-system", *database).returncode == 0
    assert lhcr("client", "list", *database).stdout == ""
    again = lhcr(*SYSTEM, "--keys", keys, "--scope", "system/*.rs", "--id", "a-system", *database)
    assert again.returncode == 1
    assert "Choose another" in again.stderr


def test_an_app_is_let_ask_inside_emergencies_and_listed_as_such(migrated_database: MakeDatabase) -> None:
    database = ("--database-url", migrated_database())
    app = ("client", "register", "--kind", "app", "--redirect", "https://app.example/back", "--scope", "user/*.rs")
    assert lhcr(*app, "--name", "An App", "--id", "an-app", *database).returncode == 0
    assert lhcr(*app, "--name", "Urgent", "--id", "urgent", "--emergency", *database).returncode == 0
    told = json.loads(lhcr("client", "list", "--json", *database).stdout)["clients"]
    assert {each["id"]: each["emergency"] for each in told} == {"an-app": False, "urgent": True}
    assert lhcr("client", "list", *database).stdout.count("asks inside emergencies that its users began") == 1


def test_it_is_said_and_shown_for_whose_people_a_client_acts(migrated_database: MakeDatabase, keys: str) -> None:
    database = ("--database-url", migrated_database())
    lhcr(*SYSTEM, "--keys", keys, "--scope", "system/*.rs", "--id", "a-system", *database)
    done = lhcr("client", "act", "a-system", "--for", "A81001", "--scope", "user/Observation.rs", *database)
    assert (done.returncode, done.stdout) == (0, "a-system  acts for A81001: user/Observation.rs (TREAT)\n"), (
        done.stderr
    )
    (told,) = json.loads(lhcr("client", "list", "--json", *database).stdout)["clients"]
    assert told["acts"] == {"organisations": ["A81001"], "scopes": ["user/Observation.rs"], "purposes": ["TREAT"]}
    for wrong in (("--for", "A81001", "--scope", "system/*.rs"), ("--nobody", "--for", "A81001")):
        refused = lhcr("client", "act", "a-system", *wrong, *database)
        assert (refused.returncode, "Traceback" in refused.stderr) == (2, False)
    assert lhcr("client", "act", "a-system", "--nobody", *database).returncode == 0


@pytest.mark.parametrize(
    "wrong",
    [
        ("--scope", "user/*.rs"),
        ("--scope", "system/Nonsense.rs"),
        ("--scope", " "),
        ("--scope", "system/*.rs", "--redirect", "https://app.example/back"),
        ("--scope", "system/*.rs", "--id", "a b"),
        ("--scope", "system/*.rs", "--kind", "emperor"),
    ],
)
def test_what_a_system_may_not_be_is_refused(
    migrated_database: MakeDatabase, keys: str, wrong: tuple[str, ...]
) -> None:
    done = lhcr(*SYSTEM, "--keys", keys, *wrong, "--database-url", migrated_database())
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_hazard_a_private_key_is_not_taken_and_not_shown(migrated_database: MakeDatabase, tmp_path: Path) -> None:
    file = tmp_path / "private.json"
    file.write_text(json.dumps({"keys": [{**KEY.as_dict(private=True), "kid": "one"}]}))
    done = lhcr(*SYSTEM, "--keys", str(file), "--scope", "system/*.rs", "--database-url", migrated_database())
    assert done.returncode == 2
    assert "private key is never sent" in done.stderr
    assert str(KEY.as_dict(private=True)["d"]) not in done.stderr + done.stdout


def test_keys_are_rotated(migrated_database: MakeDatabase) -> None:
    database = ("--database-url", migrated_database(), "--json")
    first = json.loads(lhcr("signing-key", "rotate", *database).stdout)["keys"]
    assert sorted(first.values()) == ["current", "next", "retired"]
    ended = json.loads(lhcr("signing-key", "rotate", "--compromised", *database).stdout)["keys"]
    assert sorted(ended.values()) == ["current", "next"]
    assert first[next(kid for kid, state in ended.items() if state == "current")] == "next"
