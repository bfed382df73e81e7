"""Named SQL statements, kept in `.sql` files beside the code that runs them.

A file holds statements under lines `-- name: some_name`; the text up to the next such line is the statement.
"""

import re
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


def load_statements(package: str, file: str) -> Mapping[str, str]:
    """Return the statements of one file by name. Raises ValueError where a name stands twice or a statement is empty."""
    parts = _NAME.split(files(package).joinpath(file).read_text(encoding="utf-8"))
    names, texts = parts[1::2], [text.strip() for text in parts[2::2]]
    if len(set(names)) != len(names) or not all(texts):
        raise ValueError(f"{package}/{file} repeats a name or has an empty statement")
    return MappingProxyType(dict(zip(names, texts, strict=True)))
