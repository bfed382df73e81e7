"""Files of value sets: a FHIR ValueSet (R4, JSON) that lists its codes, or a plain list of `system|code` lines.

Hazard guarded here: a sensitive item exposed. Codes that a file means without naming them cannot be found out here, and a set that
lacked them would hide too little without anybody's knowing: so whatever is not a list of codes is refused by its name.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from lhcr.access.sensitivity_set import LoadedSet
from lhcr.access.sensitivity_systems import code_system
from lhcr.fhir.json_document import read_json
from lhcr.kernel.errors import Incorrect, Issue
from lhcr.kernel.json_types import JsonObject

_LONGEST_NAME: Final = 256
_LONGEST_CODE: Final = 1024
#: Codes are looked for in stored bodies, where these characters are written in several ways.
_PRINTABLE: Final = re.compile(r'[^"\\\x00-\x1f\x7f]+')
_HEADS: Final = frozenset({"name", "version", "label"})


def read_value_set(content: bytes, *, name: str) -> LoadedSet:
    """Return the set that a file holds; `name` is what it is called where it does not say so itself.

    A plain list may say `# name:`, `# version:` and `# label:`. Raises Incorrect (400) where it is not a list of codes.
    """
    is_json = content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")
    found = _of_fhir(read_json(content), name=name) if is_json else _of_lines(content, name=name)
    if not found.codes:
        raise _refused(
            "value-set-empty", "The value set names no codes, so that it would hide nothing. Remove it instead."
        )
    if not 0 < len(found.name) <= _LONGEST_NAME or any(len(code) > _LONGEST_CODE for _, code in found.codes):
        raise _refused("value-set-too-long", "The name of the value set, or one of its codes, is too long.")
    return found


def _of_fhir(document: JsonObject, *, name: str) -> LoadedSet:
    if document.get("resourceType") != "ValueSet":
        raise _refused("value-set-invalid", "The file holds JSON that is not a FHIR ValueSet.")
    expansion = document.get("expansion")
    codes = _expanded(expansion) if expansion is not None else _composed(document.get("compose"))
    return LoadedSet(
        name=_text(document.get("url")) or _text(document.get("name")) or name,
        version=_text(document.get("version")),
        label=None,
        codes=tuple(dict.fromkeys(codes)),
    )


def _composed(compose: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(compose, dict):
        raise _refused("value-set-invalid", "The ValueSet has neither `compose` nor `expansion`.")
    if compose.get("exclude"):
        raise _unexpanded("compose.exclude")
    for place, include in enumerate(_objects(compose.get("include"), "compose.include")):
        where = f"compose.include[{place}]"
        for element in ("filter", "valueSet"):
            if include.get(element):
                raise _unexpanded(f"{where}.{element}")
        concepts = _objects(include.get("concept"), f"{where}.concept")
        if not concepts:
            raise _unexpanded(f"{where}, which is the whole of {_text(include.get('system')) or 'a system'},")
        for concept in concepts:
            yield _code(include.get("system"), concept.get("code"), where)


def _expanded(expansion: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(expansion, dict):
        raise _refused("value-set-invalid", "ValueSet.expansion is not an object.")
    found = 0
    pending = [*_objects(expansion.get("contains"), "expansion.contains")]
    while pending:
        each = pending.pop()
        pending += _objects(each.get("contains"), "expansion.contains.contains")
        found += 1
        # What only groups others need have no code.
        if "code" in each:
            yield _code(each.get("system"), each["code"], "expansion.contains")
    total = expansion.get("total")
    if expansion.get("offset") or (isinstance(total, int) and total > found):
        raise _unexpanded("expansion, of which this is a part only,")


def _of_lines(content: bytes, *, name: str) -> LoadedSet:
    heads = {"name": name, "version": "", "label": ""}
    codes = []
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise _refused("value-set-not-utf8", "The file is not written in UTF-8.") from error
    for number, line in enumerate(map(str.strip, lines), start=1):
        if line.startswith("#"):
            word, _, value = line.removeprefix("#").partition(":")
            if word.strip().casefold() in _HEADS:
                heads[word.strip().casefold()] = value.strip()
        elif line:
            system, _, code = line.rpartition("|")
            codes.append(_code(system, code, f"Line {number}"))
    return LoadedSet(
        name=heads["name"], version=heads["version"], label=heads["label"] or None, codes=tuple(dict.fromkeys(codes))
    )


def _code(system: Any, code: Any, where: str) -> tuple[str, str]:
    if not _text(system) or not _text(code):
        raise _refused("value-set-invalid", f"{where} has a code without a system, or none: each is `system|code`.")
    if not _PRINTABLE.fullmatch(code.strip()):
        raise _refused(
            "value-set-invalid", f"{where} has a code with a quotation mark, a backslash or what cannot be printed."
        )
    return code_system(system), code.strip()


def _objects(value: Any, where: str) -> list[JsonObject]:
    found = [] if value is None else value
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise _refused("value-set-invalid", f"ValueSet.{where} is not a list of objects.")
    return found


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _unexpanded(element: str) -> Incorrect:
    said = f"ValueSet.{element} means codes that it does not name, and cannot be expanded here. Load the set with its expansion."
    return _refused("value-set-unexpanded", f"{said} Nothing was changed.")


def _refused(error: str, diagnostics: str) -> Incorrect:
    return Incorrect([Issue(code="invalid", error=error, diagnostics=diagnostics)])
