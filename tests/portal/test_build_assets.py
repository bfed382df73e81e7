"""What the portal serves to browsers fetches nothing from outside and shows no logo that needs an entitlement."""

import json
from pathlib import Path

import pytest

from lhcr.portal.build_assets import UnfitAssetError, build_assets, served_stylesheet

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def node_modules(tmp_path: Path) -> Path:
    """Packages of the shape that npm installs, with little in them."""
    folder = tmp_path / "node_modules"
    contents = {
        "nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.css": (
            "@font-face{font-family:F;src:url(https://elsewhere.example/f.woff2)}"
            "a{background:url(/assets/images/tick.svg)}\n/*# sourceMappingURL=x.css.map */\n"
        ),
        "nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.js": "export{};//# sourceMappingURL=x.js.map",
        "nhsuk-frontend/dist/nhsuk/assets/images/tick.svg": "<svg/>",
        "nhsuk-frontend/dist/nhsuk/assets/images/favicon.svg": "<svg/>",
        "htmx.org/dist/htmx.min.js": "var htmx",
        "htmx.org/LICENSE": "zero",
        "uplot/dist/uPlot.iife.min.js": "var uPlot",
        "uplot/dist/uPlot.min.css": ".u{color:red}",
        **{
            f"{name}/package.json": '{"version": "1.2.3", "license": "MIT"}'
            for name in ("nhsuk-frontend", "htmx.org", "uplot")
        },
    }
    for name, text in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_only_what_pages_load_is_copied(node_modules: Path, tmp_path: Path) -> None:
    build_assets(node_modules, tmp_path / "static" / "vendor")
    copied = {str(path.relative_to(tmp_path / "static")) for path in (tmp_path / "static").rglob("*") if path.is_file()}
    assert copied == {
        "vendor/htmx.min.js",
        "vendor/images/tick.svg",
        "vendor/licences/htmx.org.txt",
        "vendor/nhsuk-frontend.min.css",
        "vendor/nhsuk-frontend.min.js",
        "vendor/uPlot.iife.min.js",
        "vendor/uPlot.min.css",
        "vendor/versions.json",
    }


def test_fonts_and_source_maps_of_other_hosts_are_gone_and_images_are_beside_the_stylesheet(
    node_modules: Path, tmp_path: Path
) -> None:
    build_assets(node_modules, tmp_path / "vendor")
    assert (tmp_path / "vendor" / "nhsuk-frontend.min.css").read_text() == "a{background:url(images/tick.svg)}\n"
    assert (tmp_path / "vendor" / "nhsuk-frontend.min.js").read_text() == "export{};"


@pytest.mark.parametrize(
    "rule",
    [
        "a{background:url(https://elsewhere.example/x.png)}",
        "a{background:url('HTTP://elsewhere.example/x.png')}",
        "a{background:url(//elsewhere.example/x.png)}",
        "a{background:url(/somewhere/x.png)}",
        '@import "other.css";',
    ],
)
def test_a_stylesheet_that_would_fetch_anything_else_is_refused(rule: str) -> None:
    with pytest.raises(UnfitAssetError):
        served_stylesheet(rule)


def test_an_image_inside_the_stylesheet_is_kept() -> None:
    rule = 'a{background:url("data:image/svg+xml,%3Csvg/%3E")}'
    assert served_stylesheet(rule) == rule


def test_a_failed_build_leaves_the_served_folder_as_it_was(node_modules: Path, tmp_path: Path) -> None:
    build_assets(node_modules, tmp_path / "vendor")
    before = sorted(tmp_path.joinpath("vendor").rglob("*"))
    (node_modules / "uplot" / "package.json").unlink()
    with pytest.raises(FileNotFoundError):
        build_assets(node_modules, tmp_path / "vendor")
    assert sorted(tmp_path.joinpath("vendor").rglob("*")) == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".vendor")] == []


def test_building_again_replaces_what_was_there(node_modules: Path, tmp_path: Path) -> None:
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "old.js").write_text("old")
    build_assets(node_modules, tmp_path / "vendor")
    assert not (tmp_path / "vendor" / "old.js").exists()


def test_what_is_served_is_of_the_locked_versions() -> None:
    served = ROOT / "src" / "lhcr" / "portal" / "static" / "vendor" / "versions.json"
    if not served.exists():
        pytest.skip("the front-end assets are not built: make assets")
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    found = {name: about["version"] for name, about in json.loads(served.read_text()).items()}
    assert found == {name: locked[f"node_modules/{name}"]["version"] for name in found}


def test_the_lock_file_names_no_host() -> None:
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    packages = {name: about for name, about in locked.items() if name}
    assert packages
    assert all("resolved" not in about and about["integrity"].startswith("sha512-") for about in packages.values())
