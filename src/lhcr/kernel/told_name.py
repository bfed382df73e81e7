"""A name that a file brings and no schema knows, as it may be told in a message that is kept.

Hazard: person data in logs. What an operator's command prints is kept by schedulers and read by more people than the file is, and a
file may have a person's number or name where the name of a member belongs.
"""

import re
from typing import Final

#: The names that schemas have, with a place in a list; people's names are written with a capital, and numbers are no names.
_NAME: Final = re.compile(r"_?[a-z][A-Za-z_]{0,63}(\[[0-9]{1,9}\])?")
_PLACE: Final = re.compile(r"`\$[^`]*`")
_QUOTED: Final = re.compile(r"`([^`]*)`|'[^']*'")
_HIDDEN: Final = "~"


def told_path(path: str) -> str:
    """Return a path up to the first name in it that no schema could have, which is not told. The first is the schema's own."""
    first, *names = path.split(".")
    told = [first]
    for name in names:
        known = _NAME.fullmatch(name) is not None
        told.append(name if known else _HIDDEN)
        if not known:
            break
    return ".".join(told)


def told_mistake(message: str) -> str:
    """Return a decoder's message without what was found; names that a schema could have and places are told."""

    def hidden(match: re.Match[str]) -> str:
        name = match[1]
        known = name is not None and (_NAME.fullmatch(name) or _PLACE.fullmatch(match[0]))
        return match[0] if known else _HIDDEN

    return _QUOTED.sub(hidden, message)
