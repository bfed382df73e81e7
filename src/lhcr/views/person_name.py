"""A person's name as the banner and the rows show it: family name in capitals first, then given names, then title."""

from dataclasses import dataclass
from typing import Any

from lhcr.kernel.json_types import JsonObject
from lhcr.views.json_walk import items_of, object_of, objects_of, text_of

_ORDER = ("official", "usual", "", "nickname", "anonymous", "temp", "maiden", "old")


@dataclass(frozen=True, slots=True)
class PersonName:
    """The parts of one HumanName; `text` is the whole as its source wrote it."""

    family: str = ""
    given: str = ""
    title: str = ""
    suffix: str = ""
    text: str = ""
    use: str = ""

    @property
    def banner(self) -> str:
        """`SMITH, Jane (Mrs)`, the order in which NHS screens name a person."""
        parts = ", ".join(part for part in (self.family.upper(), self.given) if part)
        # Without a family name apart, the whole as written may hold it.
        name = parts if self.family else self.text or parts or "Name not recorded"
        return f"{name} ({self.title})" if self.title else name

    @property
    def shown(self) -> str:
        """`Mrs Jane Smith`, as a sentence names a person."""
        return self.text or " ".join(part for part in (self.title, self.given, self.family, self.suffix) if part)


def read_name(value: Any) -> PersonName:
    """Read a HumanName, or the one to use now from several."""
    names = list(objects_of(value))
    return _read_one(min(names, key=_rank)) if names else PersonName()


def other_names(value: Any) -> tuple[PersonName, ...]:
    """The names that `read_name` did not choose, as recorded."""
    names = list(objects_of(value))
    chosen = min(names, key=_rank) if names else None
    return tuple(_read_one(name) for name in names if name is not chosen)


def _read_one(name: JsonObject) -> PersonName:
    return PersonName(
        family=text_of(name.get("family")),
        given=_joined(name.get("given")),
        title=_joined(name.get("prefix")),
        suffix=_joined(name.get("suffix")),
        text=text_of(name.get("text")),
        use=text_of(name.get("use")),
    )


def _joined(value: Any) -> str:
    return " ".join(text_of(item) for item in items_of(value) if text_of(item))


def _rank(name: JsonObject) -> tuple[bool, int]:
    """Hazard: the wrong person. A name that is no longer used is not the one by which somebody is asked who they are."""
    use = text_of(name.get("use"))
    past = bool(object_of(name.get("period")).get("end")) or use in {"old", "maiden"}
    return (past, _ORDER.index(use) if use in _ORDER else len(_ORDER))
