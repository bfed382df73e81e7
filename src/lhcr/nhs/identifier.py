"""An identifier as it is compared with others, however its source wrote it.

Hazard: partial record. A person whose NHS number stands as `999 000 0018` is not found by `9990000018`, and is made twice.
"""

from lhcr.kernel.errors import Incorrect
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.nhs.number_system import is_nhs_number
from lhcr.nhs.systems import NHS_NUMBER


def compared(system: str, value: str) -> tuple[str, str]:
    """Return the system and value of an identifier in the one spelling that stands for all its spellings.

    An NHS number has its own address and ten digits. What stands in its system and is none, and the number of any other system,
    whose rules nobody knows here, stay as they are.
    """
    return (NHS_NUMBER, _digits(value)) if is_nhs_number(system) else (system, value)


def _digits(value: str) -> str:
    # Nearly every number comes without separators, and then there is nothing to leave out, whether it is right or wrong.
    if value.isalnum():
        return value
    try:
        return NhsNumber.parse(value).value
    except Incorrect:
        return value
