"""The copying of what the pages load in a browser, from the installed npm packages to the folder that the portal serves.

Nothing that is served fetches anything from another host (the stylesheet's fonts would be), and neither the NHS logo nor
its icons are copied: both need an entitlement that an area may not have. Run by `make` with the system's Python alone.
"""

import json
import re
import shutil
import sys
import tempfile
from pathlib import Path

STYLESHEET = "nhsuk-frontend.min.css"
VERSIONS = "versions.json"
"""Written last: where it stands, the folder is whole."""
_NHSUK = Path("nhsuk-frontend", "dist", "nhsuk")
_COPIED = (
    _NHSUK / STYLESHEET,
    _NHSUK / "nhsuk-frontend.min.js",
    Path("htmx.org", "dist", "htmx.min.js"),
    Path("uplot", "dist", "uPlot.iife.min.js"),
    Path("uplot", "dist", "uPlot.min.css"),
)
_PACKAGES = ("htmx.org", "nhsuk-frontend", "uplot")

_FONT_FACE = re.compile(r"@font-face\s*\{[^{}]*\}")
_SOURCE_MAP = re.compile(r"(/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)\s*\Z")
_IMAGE = re.compile(r"url\(\s*[\"']?/assets/images/([\w.-]+)[\"']?\s*\)")
_FETCH = re.compile(r"url\((?!\s*[\"']?(?:data:|images/))[^)]*\)|@import\b|\bhttps?:", re.IGNORECASE)


class UnfitAssetError(Exception):
    """A package holds something that must not be served, or lacks what must."""


def build_assets(node_modules: Path, target: Path) -> None:
    """Fill `target` anew from the npm packages in `node_modules`.

    The old content is replaced only once the new is whole. Raises `UnfitAssetError` when a package would make a page fetch
    from another host, and `FileNotFoundError` when a package is not installed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".vendor-") as scratch:
        fresh = Path(scratch, "vendor")
        _fill(node_modules, fresh)
        fresh.chmod(0o755)
        if target.exists():
            target.rename(Path(scratch, "old"))
        fresh.rename(target)


def _fill(node_modules: Path, fresh: Path) -> None:
    (fresh / "images").mkdir(parents=True)
    (fresh / "licences").mkdir()
    for source in _COPIED:
        text = (node_modules / source).read_text(encoding="utf-8")
        served = served_stylesheet(text) if source.suffix == ".css" else _SOURCE_MAP.sub("", text)
        (fresh / source.name).write_text(served, encoding="utf-8")
        if source.suffix == ".css":
            for image in sorted(set(_IMAGE.findall(text))):
                shutil.copyfile(node_modules / _NHSUK / "assets" / "images" / image, fresh / "images" / image)
    versions = {package: _describe(node_modules / package, fresh / "licences") for package in _PACKAGES}
    (fresh / VERSIONS).write_text(json.dumps(versions, indent=2) + "\n", encoding="utf-8")


def served_stylesheet(text: str) -> str:
    """Return a stylesheet without remote fonts, whose images are beside it; nothing else may be fetched."""
    served = _IMAGE.sub(r"url(images/\1)", _SOURCE_MAP.sub("", _FONT_FACE.sub("", text)))
    found = _FETCH.search(served)
    if found:
        raise UnfitAssetError(f"The stylesheet would fetch: {found.group()[:80]}")
    return served


def _describe(package: Path, licences: Path) -> dict[str, str]:
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    for name in ("LICENSE", "LICENSE.md"):
        if (package / name).exists():
            shutil.copyfile(package / name, licences / f"{package.name}.txt")
    return {"version": about["version"], "licence": about["license"]}


if __name__ == "__main__":
    build_assets(Path(sys.argv[1]), Path(sys.argv[2]))
