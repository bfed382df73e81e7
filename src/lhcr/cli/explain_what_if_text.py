"""The answer to a what-if for people: what would be decided, each rule with its reason, and what would be reached."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lhcr.cli.explain_text import rule_lines


def what_if_text(told: Mapping[str, Any]) -> str:
    """The answer of `lhcr.access.what_if_answer` in lines, the outcome first."""
    return "\n".join(_lines(told))


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    decisive = f" by the rule {told['rule']}" if told["rule"] else ""
    yield f"It would be {told['outcome']}{decisive}. Nothing was opened."
    if told["said"]:
        yield f"The asker would read: {told['said']}"
    yield ""
    yield from rule_lines(told["trace"])
    if reach := told["reach"]:
        yield ""
        own = ", and of those what their own organisation contributed" if reach["own_only"] else ""
        yield f"It would reach rows of {reach['whose']}{own}, if there are any:"
        for source in reach["sources"]:
            yield from _source(source)


def _source(source: Mapping[str, Any]) -> Iterator[str]:
    yield f"  {source['source']}: {_named(source['reached'])}"
    for part in source["in_part"]:
        hidden = ", ".join(" with ".join(label.rpartition("|")[2] for label in each) for each in part["labels_hidden"])
        yield f"    of {part['category']} not what is labelled {hidden}"
    if source["not_reached"]:
        yield f"    not {_named(source['not_reached'])}"


def _named(categories: Sequence[str]) -> str:
    return ", ".join(categories) or "nothing as a whole"
