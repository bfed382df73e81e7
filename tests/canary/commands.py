"""The commands of the operator, each given rightly and wrongly with the marked person's files, and what they wrote."""

import contextlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from joserfc.jwk import ECKey
from tests.canary import marks
from typer.main import get_command

from lhcr.cli.main import make_app, run
from lhcr.demo.access_policy import ACCESS_POLICY

#: Runs until it is stopped, and serves what the journeys walk through.
SERVES: Final = ("demo",)


@dataclass(frozen=True, slots=True)
class Told:
    command: tuple[str, ...]
    code: int
    text: str


def all_commands() -> set[tuple[str, ...]]:
    """Return every command by the words that name it, as the program declares them."""
    return set(_below(get_command(make_app()), ()))


def _below(command: Any, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    groups = getattr(command, "commands", None)
    if not groups:
        yield words
    for name, each in (groups or {}).items():
        yield from _below(each, (*words, name))


def give(*arguments: str) -> Told:
    """Give a command in this process and return all that it wrote."""
    written = io.StringIO()
    with contextlib.redirect_stdout(written), contextlib.redirect_stderr(written):
        code = run(list(arguments))
    return Told(arguments, code, written.getvalue())


def every_command(folder: Path, references: set[str]) -> Iterator[tuple[str, ...]]:
    """Yield arguments of commands; those of one name rightly first. The database is named in the environment."""
    yield from _log(folder, references)
    yield from _entries()
    yield from _files(folder)
    yield from _clients(folder)
    for each in ("migrate", "settings"):
        yield (each,)
        yield each, f"--{marks.FAMILY}"
    yield "token", "--persona", marks.FAMILY
    yield "token", "--persona", "gp", "--scope", marks.FAMILY
    yield "signing-key", "make"
    yield "signing-key", "rotate"
    # Refused, because the database is a demonstration and its address no https.
    yield "serve", "--host", marks.FAMILY
    yield "session", "end", "--user", "persona:neighbour"
    yield "session", "end", "--user", f"{marks.NUMBER} {marks.FAMILY}", "--organisation", marks.FAMILY
    yield "policy", "show"
    yield "office", "check"
    yield "office", marks.FAMILY


def _log(folder: Path, references: set[str]) -> Iterator[tuple[str, ...]]:
    for reference in sorted(references)[:1]:
        yield "explain", reference
        yield "explain", reference, "--json"
    case = folder / "case.json"
    case.write_text(json.dumps({"principal": {"kind": marks.FAMILY}, "person": {"nhs_number": marks.NUMBER}}))
    yield "explain", marks.NUMBER
    yield "explain", "--what-if", str(case)
    yield "audit", "verify"
    yield "audit", "verify", "--witness", marks.FAMILY
    yield "audit", "export", str(folder / "log.ndjson")
    yield "audit", "verify", str(folder / "log.ndjson")
    yield "audit", "head"
    yield "audit", "prove", "1-1"
    yield "audit", "prove", f"{marks.FAMILY}-{marks.NUMBER}"
    yield "audit", "check", str(case)
    yield "audit", "dispose", "2020-01-01"
    yield "audit", "dispose", marks.FAMILY
    yield ("audit", "new-key")


def _entries() -> Iterator[tuple[str, ...]]:
    about, authority = "AllergyIntolerance/a81001-allergyintolerance-0000-001", "Order of the Family Court, case 14"
    yield "entry", "remove", about
    yield "entry", "remove", f"Patient/{marks.NUMBER}", "--authority", authority, "--yes"
    yield "entry", "restrict", about, "--authority", authority
    yield "entry", "restrict", f"{marks.FAMILY}/{marks.NUMBER}", "--authority", authority
    yield "entry", "orders", about
    yield "entry", "release", f"D-{marks.NUMBER}", "--authority", authority
    yield "entry", "dispute", about, "--words", "This is not right and never was"
    yield "retention", "due"
    yield "retention", "due", "--before", marks.FAMILY
    yield "retention", "dispose", "--before", "2020-01-01"
    yield "retention", "hold", about, "--authority", authority
    yield "retention", "hold", f"Patient/{marks.NUMBER}", "--authority", authority
    reason = ("--reason", "duplicate-registration", "--authority", authority)
    yield "person", "merge", f"Patient/{marks.NUMBER}", f"Patient/{marks.FAMILY}", *reason, "--dry-run"
    yield "person", "merge", marks.NUMBER, marks.NUMBER, *reason
    yield "person", "merge", marks.NUMBER, marks.FAMILY, "--reason", marks.FAMILY
    yield "person", "unmerge", f"D-{marks.NUMBER}", "--authority", authority


def _files(folder: Path) -> Iterator[tuple[str, ...]]:
    """Files that are right, and files in which marks stand where something else belongs."""
    number, family = marks.NUMBER, marks.FAMILY
    staff = f"organisation,user_id,nhs_number,family_name,postcode,address_line\nA81001,u1,{number},{family},{marks.POSTCODE},{marks.STREET}\n"
    agreement = {"id": "a", "sources": ["RRE"], "recipients": ["FA123"], "categories": ["medication"], "state": "open"}
    agreement |= {"from": "2026-01-01", "until": "2026-01-31"}
    texts = {
        "staff.csv": staff,
        "staff-wrong.csv": f"{staff}A81001,u2,{number}{family},{family},,\n{number},{family}\n",
        "opted-out": f"{number}\n",
        "opted-out-wrong": f"{number}\n{number[:-1]}\n{family}\n",
        "agreements.json": json.dumps({"agreements": [agreement]}),
        "agreements-wrong.json": json.dumps({"agreements": [agreement | {"sources": [family], number: family}]}),
        "policy.json": ACCESS_POLICY.decode(),
        "policy-wrong.json": f'{{"{family}": {number}',
        "codes": "http://snomed.info/sct|91936005\n",
        "codes-wrong": f"{family}|{number}\n{number}\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    for wrong in ("", "-wrong"):
        yield "staff", "load", str(folder / f"staff{wrong}.csv")
        yield "opt-out", "load", str(folder / f"opted-out{wrong}")
        yield "policy", "set", str(folder / f"policy{wrong}.json")
        for each in ("check", "load"):
            yield "agreement", each, str(folder / f"agreements{wrong}.json")
        yield (
            "sensitivity",
            "load",
            str(folder / f"codes{wrong}"),
            "--name",
            "a-set",
            "--version",
            "1",
            "--label",
            "SEX",
        )
    yield "agreement", "list"
    yield "opt-out", "status"
    yield "sensitivity", "list"
    yield "sensitivity", "relabel"
    yield "sensitivity", "remove", "a-set"
    yield "staff", "forget", "A81001"
    yield "staff", "forget", f"{number}{family}"


def _clients(folder: Path) -> Iterator[tuple[str, ...]]:
    keys = folder / "keys.json"
    public = ECKey.generate_key("P-384").as_dict(private=False) | {"kid": "k", "alg": "ES384", "use": "sig"}
    keys.write_text(json.dumps({"keys": [public]}))
    system = (
        "--name",
        "A system",
        "--ods",
        "RRE",
        "--organisation",
        "The Hospital",
        "--keys",
        str(keys),
        "--id",
        "a-system",
    )
    yield "client", "register", *system, "--scope", "system/Observation.rs"
    yield "client", "register", "--name", "x", "--scope", marks.FAMILY, "--id", f"{marks.NUMBER} {marks.FAMILY}"
    yield "client", "act", "a-system", "--for", "RRE", "--scope", "user/Observation.rs"
    yield "client", "act", marks.FAMILY, "--for", marks.NUMBER
    yield "client", "list"
    yield "client", "end", "a-system"
    yield "client", "end", marks.FAMILY
