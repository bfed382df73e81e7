"""How long fuzzing goes on: a minute with everything else, or for as long as it takes where LHCR_FUZZING=long asks for it."""

import os
from typing import Final

from hypothesis import HealthCheck, settings

LONG: Final = os.environ.get("LHCR_FUZZING") == "long"


def fuzzed(examples: int) -> settings:
    """Return settings for a number of examples, a hundred times as many where there is time. Answers over HTTP take what they take."""
    return settings(
        max_examples=examples * (100 if LONG else 1), deadline=None, suppress_health_check=list(HealthCheck)
    )
