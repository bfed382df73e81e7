"""The settings of a demonstration, which are read before anything is started."""

from pathlib import Path

import pytest

from lhcr.cli.demonstration import Demonstration
from lhcr.kernel.errors import Incorrect


def test_providers_that_are_set_by_half_are_told_before_anything_is_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A worker that cannot use a setting could only end, again and again, and nobody would know why."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LHCR_STAFF_ISSUER", "https://am.example/oidc")
    made = Demonstration(data_dir=tmp_path / "data", port=8000, people=0, workers=1, opens_browser=False)
    with pytest.raises(Incorrect) as refused:
        made.run(reset=False)
    assert "LHCR_STAFF_CLIENT_ID" in str(refused.value)
    assert not (tmp_path / "data").exists()
