"""What the form says by which a person disputes an entry of their own record, and what is wrong with what was sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lhcr.access.own_choice import PEOPLE
from lhcr.kernel.errors import Incorrect
from lhcr.record.dispute import read_words
from lhcr.views.entry import Entry
from lhcr.views.record_view import RecordView


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputePage:
    """`title` is the entry's own, `source` who is asked; `values` are what was sent, `errors` what is wrong with it."""

    title: str
    source: str
    action: str
    back: str
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def error_list(self) -> list[dict[str, str]]:
        return [{"text": text, "href": f"#{name}"} for name, text in self.errors.items()]


def present_dispute(
    view: RecordView, entry: Entry, *, action: str, back: str, values: Mapping[str, str], errors: Mapping[str, str]
) -> DisputePage | None:
    """The form, or None for what nobody disputes here: person details, and what stands in no section that is shown."""
    row = view.row(entry.reference)
    if row is None or not may_be_disputed(entry):
        return None
    return DisputePage(
        title=row.title, source=entry.source.shown, action=action, back=back, values=values, errors=errors
    )


def may_be_disputed(entry: Entry) -> bool:
    """Person details are several sources' at once, a question to a source is not to be questioned, and a choice is taken back instead."""
    return entry.kind not in {"Patient", "Task"} and entry.source.ods not in {"", PEOPLE}


def read_dispute(values: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """Return the words of a form, or what is wrong with it by field."""
    try:
        return read_words(values.get("words", "")), {}
    except Incorrect as error:
        return "", {"words": error.issues[0].diagnostics}
