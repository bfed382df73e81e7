"""What `lhcr explain` asks: of the log by reference, or of the rules by a hypothetical case. Whoever asks is in the log."""

import sys
from pathlib import Path
from typing import Any

from lhcr.access.explain import explain
from lhcr.access.request import UNKNOWN, AskedPerson
from lhcr.access.what_if import LARGEST, WhatIf
from lhcr.audit.reader import LogReader
from lhcr.audit.reference import number_of, reference_of
from lhcr.cli.oversight import overseeing, oversight_draft
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.parts import Parts

_ASKED = "what-if"


def read_question(file: str) -> bytes:
    """Return the text of a case, at most one byte more than the largest. Raises Incorrect for a file that cannot be read."""
    try:
        if file == "-":
            return sys.stdin.buffer.read(LARGEST + 1)
        with Path(file).open("rb") as opened:
            return opened.read(LARGEST + 1)
    except OSError as error:
        diagnostics = f"The file of the hypothetical case cannot be read: {error.strerror}."
        raise Incorrect([Issue(code="not-found", error="file-unreadable", diagnostics=diagnostics)]) from error


async def explain_reference(dsn: str, reference: str) -> dict[str, Any]:
    async with overseeing(dsn, asked=reference_of(number_of(reference))) as parts:
        return await explain(LogReader(parts.side_pool), reference, today=parts.what_ifs.today)


async def answer_question(dsn: str, asked: WhatIf) -> dict[str, Any]:
    """Return the answer to a what-if. A real person whom it names can see in their log that it was asked."""
    async with overseeing(dsn, asked=_ASKED) as parts:
        person = await _person(parts, asked)
        if person is not None and person is not UNKNOWN:
            draft = await oversight_draft(parts, asked=_ASKED)
            await parts.log.append([draft.disclosure(person, recorded=parts.clock.now(), items=())])
        return (await parts.what_ifs.answer(asked, person=person)).told


async def _person(parts: Parts, asked: WhatIf) -> AskedPerson:
    if not asked.request.nhs_number:
        return None
    found = await parts.record.whose_number(NhsNumber.parse(asked.request.nhs_number))
    return UNKNOWN if found is None else found
