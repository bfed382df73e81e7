"""The command as it can be typed where it was started: `lhcr` where that is found, else the way to it."""

import shlex
import shutil
import sys
from pathlib import Path
from typing import Final

_NAME: Final = "lhcr"


def own_name(*, script: Path | None = None, search_path: str | None = None) -> str:
    """Return `lhcr` where the shell finds this very command by that name, else its path, from the current folder if it is below.

    `make demo` puts nothing on the PATH: a newcomer who copies a line that begins with `lhcr` is told that there is no such command.
    """
    own = script or Path(sys.executable).parent / _NAME
    known = shutil.which(_NAME, path=search_path)
    if not own.exists() or (known and Path(known).samefile(own)):
        return _NAME
    here = Path.cwd()
    if not own.is_relative_to(here):
        return shlex.quote(str(own))
    below = own.relative_to(here)
    return shlex.quote(str(below) if len(below.parts) > 1 else f"./{below}")
