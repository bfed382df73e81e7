"""`lhcr audit prove` and `check`: the proof of one entry, and what it shows to somebody who has nothing else."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lhcr.cli.options import DatabaseUrl, DataDir, Json

if TYPE_CHECKING:
    from lhcr.audit.proof import EntryProof, ProofVerdict
    from lhcr.audit.tree_head import Head


def prove(
    entry: Annotated[
        str, typer.Argument(metavar="ENTRY", help="The entry's id, as in 12-345: that of its AuditEvent.")
    ],
    since: Annotated[
        str,
        typer.Option(
            "--since",
            metavar="FILE",
            help="A head that somebody kept: the proof then shows that the log goes on from it.",
            show_default=False,
        ),
    ] = "",
    without_text: Annotated[
        bool, typer.Option("--without-text", help="Only that the entry stands, not what it says.")
    ] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = "",
) -> int:
    """Write the proof that an entry stands in the log, as one JSON object. With its text it is personal data."""
    import asyncio
    import sys

    from lhcr.audit.proof import encode_proof
    from lhcr.audit.witness_head import newest_of, witness_heads
    from lhcr.cli.database import open_database

    place = _place(entry)
    earlier = newest_of(witness_heads(since)) if since else None
    with open_database(data_dir=data_dir, database_url=database_url, create=False) as dsn:
        proof = asyncio.run(_prove(dsn, place, earlier, with_text=not without_text))
    sys.stdout.write(encode_proof(proof).decode() + "\n")
    return 0


def check(
    proof: Annotated[
        Path, typer.Argument(metavar="PROOF", exists=True, dir_okay=False, help="A file of `lhcr audit prove`.")
    ],
    witness: Annotated[
        str,
        typer.Option("--witness", metavar="FILE", help="A head of the log that you keep yourself.", show_default=False),
    ] = "",
    as_json: Json = False,
) -> int:
    """Check the proof of an entry, without the log. Exit code 1 where it does not hold."""
    import json
    import sys
    from dataclasses import replace

    from lhcr.audit.proof import LONGEST_PROOF, check_proof, decode_proof, proof_against
    from lhcr.audit.witness_head import newest_of, witness_heads

    with proof.open("rb") as file:
        read = decode_proof(file.read(LONGEST_PROOF + 1))
    verdict = check_proof(read)
    if witness and verdict.holds:
        failure = proof_against(read, newest_of(witness_heads(witness)))
        verdict = replace(verdict, failures=(failure,) if failure else ())
    told = _told(read, verdict, witnessed=bool(witness))
    sys.stdout.write((json.dumps(told) if as_json else _sentences(told, verdict)) + "\n")
    return 0 if verdict.holds else 1


async def _prove(dsn: str, place: tuple[int, int], earlier: "Head | None", *, with_text: bool) -> "EntryProof":
    from lhcr.audit.prover import prove_entry
    from lhcr.cli.oversight import overseeing

    writer_id, seq = place
    async with overseeing(dsn, asked=f"AuditEvent/{writer_id}-{seq}, to prove it") as parts:
        return await prove_entry(parts.side_pool, writer_id=writer_id, seq=seq, earlier=earlier, with_text=with_text)


def _place(entry: str) -> tuple[int, int]:
    from lhcr.audit.proof import read_place
    from lhcr.kernel.errors import Incorrect, Issue

    try:
        return read_place(entry.removeprefix("AuditEvent/"))
    except ValueError:
        diagnostics = "An entry is named by its AuditEvent's id, as in 12-345; this is none."
        raise Incorrect([Issue(code="value", error="entry-invalid", diagnostics=diagnostics)]) from None


def _told(proof: "EntryProof", verdict: "ProofVerdict", *, witnessed: bool) -> dict[str, object]:
    head = verdict.head
    return {
        "holds": verdict.holds,
        "failures": list(verdict.failures),
        "entry": proof.entry,
        "text": proof.text if verdict.holds else None,
        "log": head.origin if head else None,
        "size": head.tree_size if head else None,
        "number": head.number if head else None,
        "recorded": head.recorded.isoformat() if head else None,
        "key": verdict.key_id,
        "goes_on_from": verdict.earlier_size,
        "witnessed": witnessed and verdict.holds,
    }


def _sentences(told: dict[str, object], verdict: "ProofVerdict") -> str:
    if not verdict.holds:
        return "\n".join(["The proof does NOT hold.", *(f"  {failure}" for failure in verdict.failures)])
    lines = [
        "The proof holds.",
        f"  entry {told['entry']} stands in the log {told['log']}",
        f"  under head {told['number']} of {told['recorded']}, which covers {told['size']:,} entries, signed by key {told['key']}",
    ]
    if told["goes_on_from"]:
        lines.append(f"  this head goes on from an earlier one of {told['goes_on_from']:,} entries")
    kept = "the log is that of the head that you keep"
    unkept = "compare the log's name with one that you know, or give a head that you keep (--witness)"
    lines.append(f"  {kept if told['witnessed'] else unkept}")
    lines.append(f"  it says: {told['text']}" if verdict.text_proved else "  what it says is not in the proof")
    return "\n".join(lines)
