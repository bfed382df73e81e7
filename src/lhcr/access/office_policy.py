"""The policy of the privacy office: what looks unusual, which facts explain it, and by when a case is due.

The numbers of the baseline are this project's own proposal, no national figures: `basis` says so wherever they are shown.
"""

import re
from datetime import date, time
from typing import Annotated

import msgspec

_Days = Annotated[int, msgspec.Meta(ge=0, le=366)]
_Clock = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
_Weekday = Annotated[int, msgspec.Meta(ge=1, le=7)]


class Due(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long an office has: so many hours, and then so many working days, to the end of the last."""

    hours: Annotated[int, msgspec.Meta(ge=0, le=8_784)] = 0
    working_days: _Days = 0


class WorkingHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When organisations of a kind work, by the clock of the United Kingdom: on `days` (1 is Monday) from `opens` to `closes`.

    No days at all means by day and by night.
    """

    days: list[_Weekday]
    opens: _Clock = "00:00"
    closes: _Clock = "00:00"

    def holds(self, day: date, clock: time) -> bool:
        if not self.days:
            return True
        return day.isoweekday() in self.days and time.fromisoformat(self.opens) <= clock < time.fromisoformat(
            self.closes
        )


class OrganisationKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Organisations whose ODS code has a form, as a regular expression of the whole code, and when they work."""

    name: str
    codes: str
    hours: WorkingHours


class OfficePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`explained_by` gives, by kind of case, the kinds of fact that explain it; a kind that is not named is explained by none.

    A fact counts where it holds at any time from `window_hours_before` the access began to `window_hours_after` it ended; until then an
    access is watched. `due` gives the clock by kind of case. The first of `organisations` whose form an ODS code has says when it
    works; an organisation of no form works by day and by night. `bulk_persons` are so many persons whom one user may open within an hour;
    `questions_a_day` so many accesses that one person may question in a day. `refusals_a_day` of one user or client, and `traces_of_nobody_a_day`
    and `refused_records_a_day` by one user, are nothing unusual; of what is, there are at most `attempt_cases_a_day` cases. A case that was closed before
    `closed_case_days` loses its words. These five may be left out, as areas do that set their policy before there were such.
    """

    basis: str
    window_hours_before: Annotated[int, msgspec.Meta(ge=0, le=8_784)]
    window_hours_after: Annotated[int, msgspec.Meta(ge=0, le=8_784)]
    explained_by: dict[str, list[str]]
    due: dict[str, Due]
    due_otherwise: Due
    holidays: list[date]
    organisations: list[OrganisationKind]
    bulk_persons: Annotated[int, msgspec.Meta(ge=1)]
    questions_a_day: Annotated[int, msgspec.Meta(ge=1, le=1_000)]
    refusals_a_day: Annotated[int, msgspec.Meta(ge=1)] = 10
    traces_of_nobody_a_day: Annotated[int, msgspec.Meta(ge=1)] = 20
    refused_records_a_day: Annotated[int, msgspec.Meta(ge=1)] = 30
    attempt_cases_a_day: Annotated[int, msgspec.Meta(ge=1, le=1_000)] = 20
    closed_case_days: Annotated[int, msgspec.Meta(ge=1, le=36_600)] = 1_096

    def due_of(self, kind: str) -> Due:
        return self.due.get(kind, self.due_otherwise)

    def works(self, organisation: str, day: date, clock: time) -> bool:
        """Return whether an organisation works at a time of the United Kingdom's clock."""
        for kind in self.organisations:
            if re.fullmatch(kind.codes, organisation):
                return day not in self.holidays_of(kind) and kind.hours.holds(day, clock)
        return True

    def holidays_of(self, kind: OrganisationKind) -> list[date]:
        return self.holidays if kind.hours.days else []

    def check(self) -> None:
        """Raise ValueError where a form of codes is no regular expression."""
        for kind in self.organisations:
            try:
                re.compile(kind.codes)
            except re.error as error:
                raise ValueError(f"the policy gives codes of organisations no form: {kind.name}") from error
