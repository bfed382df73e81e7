"""How much is asked: over 20,000 requests with everything else, or as many as LHCR_TWO_WORLDS says, drawn from LHCR_TWO_WORLDS_SEED."""

import os
from typing import Final

from tests.two_worlds.cast import ASKERS

_USUAL: Final = 20_500
REQUESTS_OF_EACH: Final = -(-int(os.environ.get("LHCR_TWO_WORLDS", _USUAL)) // len(ASKERS))
SEED: Final = int(os.environ.get("LHCR_TWO_WORLDS_SEED", "1"))
