"""The tree of all paths that a type's expressions walk, so that a shared beginning is walked once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from lhcr.fhir.search.fhirpath import Extension, FhirPathError, Index, WhereEquals, WhereExtended
from lhcr.fhir.search.source import Source
from lhcr.fhir.search.typed_path import Key, Segment

Action = TypeVar("Action")


@dataclass(slots=True)
class PathTree(Generic[Action]):
    """A node that paths reach: what is to be done there, and where paths go on."""

    actions: list[Action] = field(default_factory=list)
    children: dict[Segment, "PathTree[Action]"] = field(default_factory=dict)

    def add(self, segments: tuple[Segment, ...], action: Action) -> None:
        node = self
        for segment in segments:
            node = node.children.setdefault(segment, PathTree())
        node.actions.append(action)

    def write(self, source: Source, variable: str, act: Callable[[str, list[Action]], None]) -> None:
        """Write code that walks from the value in `variable` and lets `act` write what is done at each node."""
        if self.actions:
            act(variable, self.actions)
        for segment, child in self.children.items():
            child.write_below(segment, source, variable, act)

    def write_below(
        self, segment: Segment, source: Source, variable: str, act: Callable[[str, list[Action]], None]
    ) -> None:
        """Write the step into this node."""
        if isinstance(segment, Key):
            self._write_key(segment, source, variable, act)
        elif isinstance(segment, Extension):
            each = source.name("e")
            with (
                source.block(f"for {each} in {variable}.get('extension', ())"),
                source.block(f"if {each}.get('url') == {segment.url!r}"),
            ):
                self.write(source, each, act)
        else:
            with source.block(f"if {_condition(segment, variable)}"):
                self.write(source, variable, act)

    def _write_key(self, segment: Key, source: Source, variable: str, act: Callable[[str, list[Action]], None]) -> None:
        found = source.name()
        if not segment.many:
            source.line(f"{found} = {variable}.get({segment.key!r})")
            with source.block(f"if {found} is not None"):
                self.write(source, found, act)
            return
        with source.block(f"if {segment.key!r} in {variable}"):
            source.line(f"{found} = {variable}[{segment.key!r}]")
            indexed = {step: child for step, child in self.children.items() if isinstance(step, Index)}
            for step, child in indexed.items():
                _write_each(child, source, f"{found}[{step.position}:{step.position + 1}]", act)
            rest = PathTree(self.actions, {step: child for step, child in self.children.items() if step not in indexed})
            if rest.actions or rest.children:
                _write_each(rest, source, found, act)


def _write_each(node: PathTree[Action], source: Source, items: str, act: Callable[[str, list[Action]], None]) -> None:
    each = source.name()
    with source.block(f"for {each} in {items}"), source.block(f"if {each} is not None"):
        node.write(source, each, act)


def _condition(segment: Segment, variable: str) -> str:
    if isinstance(segment, WhereEquals):
        return f"{variable}.get({segment.name!r}) == {segment.literal!r}"
    if isinstance(segment, WhereExtended):
        return f"any(x.get('url') == {segment.url!r} for x in {variable}.get('extension', ()))"
    raise FhirPathError(f"{segment} is only understood of a repeating element")
