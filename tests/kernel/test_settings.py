"""Settings: read from the environment under one prefix, refused where they would make no sense, and never changed."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from lhcr.kernel.settings import Settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"LHCR_{name.upper()}", raising=False)


def test_an_area_that_sets_nothing_listens_to_its_own_machine_alone() -> None:
    assert Settings().base_url == "http://127.0.0.1:8000"
    assert not Settings().log_requests


def test_a_setting_is_read_from_the_environment_under_its_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AREA_NAME", "Elsewhere")
    assert Settings().area_name == "Open LHCR"
    monkeypatch.setenv("LHCR_AREA_NAME", "Test Area")
    assert Settings().area_name == "Test Area"


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LHCR_AREA_NAME=File\nLHCR_POOL_SIZE=3\nOTHER=1\n", encoding="utf-8")
    monkeypatch.setenv("LHCR_AREA_NAME", "Environment")
    assert (Settings().area_name, Settings().pool_size) == ("Environment", 3)


@pytest.mark.parametrize(
    "name", [name for name, field in Settings.model_fields.items() if field.annotation in {int, float}]
)
@pytest.mark.parametrize("value", ["0", "-1", "many"])
def test_a_number_that_would_stop_everything_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A pool of no connections, or a body of no bytes, would answer nobody."""
    monkeypatch.setenv(f"LHCR_{name.upper()}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_settings_do_not_change_once_they_are_read() -> None:
    with pytest.raises(ValidationError):
        Settings().pool_size = 1


@pytest.mark.parametrize("base", ["https://area.example", "https://area.example/", "https://area.example//"])
def test_the_address_of_the_api_has_one_slash(monkeypatch: pytest.MonkeyPatch, base: str) -> None:
    monkeypatch.setenv("LHCR_BASE_URL", base)
    assert Settings().fhir_base == "https://area.example/fhir"
