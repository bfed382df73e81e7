"""Specification of the system addresses."""

import os
import re
from pathlib import Path

import pytest

from lhcr.nhs import systems

CORPUS = Path(os.environ.get("LHCR_CORPUS", "../shared/corpus")) / "naming-systems"
ADDRESSES = [value for name, value in vars(systems).items() if name.isupper() and isinstance(value, str)]


def test_no_address_has_two_names() -> None:
    assert len(ADDRESSES) == len(set(ADDRESSES))


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of naming systems is not here")
def test_the_identifier_systems_are_those_that_hl7_uk_publishes() -> None:
    published = {
        found for file in CORPUS.glob("*.xml") for found in re.findall(r'value="(https?://[^"]+)"', file.read_text())
    }
    # The register of pharmacists has no naming system among the published ones.
    ours = {address for address in ADDRESSES if "/Id/" in address} - {systems.GPHC}
    assert ours <= published
