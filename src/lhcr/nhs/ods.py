"""The ODS code: what names an organisation or a site (Organisation Data Service).

Only the shape is known here, never whether an organisation holds the code: that is the directory's to say. Codes have
grown from three characters (RRE) over six (A81001) to longer ones for sites, so the shape is kept wide.
"""

import re
from dataclasses import dataclass
from typing import Final, Self

from lhcr.kernel.errors import Incorrect, Issue
from lhcr.nhs.systems import ODS_ORGANISATION

_SHAPE: Final = re.compile(r"[A-Z0-9]{3,12}")


@dataclass(frozen=True, slots=True, order=True)
class OdsCode:
    """Three to twelve capital letters and digits. Raises `Incorrect` (`ods-code-invalid`) for anything else."""

    value: str

    def __post_init__(self) -> None:
        if not _SHAPE.fullmatch(self.value):
            diagnostics = "An ODS code is three to twelve capital letters and digits; this is not one."
            raise Incorrect([Issue(code="value", error="ods-code-invalid", diagnostics=diagnostics)])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a code as people write it: small letters and surrounding spaces are allowed. Raises `Incorrect`."""
        stripped = text.strip()
        # Only ASCII is raised to capitals: str.upper() turns other letters, such as the dotless i, into ASCII ones.
        return cls(stripped.upper() if stripped.isascii() else stripped)

    @property
    def token(self) -> str:
        """The code as a FHIR search token: system, bar, value."""
        return f"{ODS_ORGANISATION}|{self.value}"
