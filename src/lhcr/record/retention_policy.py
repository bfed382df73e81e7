"""For how long entries are kept, by source and kind: an area's own choice, as data, with the rule that each duration comes from.

The baseline is `retention.json`; an area replaces it by its setting `retention-policy`, and says with `settled` that it answers for it.
Nothing is disposed of before: which services hold maternity records, for one, only an area knows.
"""

import re
from functools import cached_property
from importlib.resources import files
from typing import Final

import msgspec

from lhcr.kernel.errors import Incorrect, Issue

#: The area's own policy, as JSON.
RETENTION_POLICY: Final = "retention-policy"
_MOST_YEARS: Final = 200


class RetentionRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One duration. `sources` are patterns that an ODS code matches as a whole, none for nobody; `categories` those of access, none for
    all. Either after death, or after the last entry of the source about the person; a `child` is under 18 at that last entry.
    """

    key: str
    basis: str
    sources: list[str]
    categories: list[str]
    years_after_death: int | None = None
    years_after_last_entry: int | None = None
    child_until_birthday: int | None = None
    child_until_birthday_if_17: int | None = None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{each})" for each in self.sources) or r"(?!)")

    def is_about(self, ods: str, category: str) -> bool:
        return self._pattern.fullmatch(ods) is not None and (not self.categories or category in self.categories)


class RetentionPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules, of which the first that is about an entry counts; an entry that none is about is kept."""

    name: str
    settled: bool
    rules: list[RetentionRule]

    def rule_of(self, ods: str, category: str) -> RetentionRule | None:
        return next((rule for rule in self.rules if rule.is_about(ods, category)), None)


def read_retention_policy(setting: bytes | None) -> RetentionPolicy:
    """Return the area's policy, the baseline where it has none. Raises Incorrect (`retention-policy-invalid`)."""
    text = setting if setting is not None else files("lhcr.record").joinpath("retention.json").read_bytes()
    try:
        policy = msgspec.json.decode(text, type=RetentionPolicy)
        for rule in policy.rules:
            _check(rule)
    except (msgspec.MsgspecError, ValueError, re.error) as error:
        diagnostics = f"The area's retention policy cannot be read: {error}. Nothing was disposed of."
        raise Incorrect([Issue(code="invalid", error="retention-policy-invalid", diagnostics=diagnostics)]) from None
    return policy


def _check(rule: RetentionRule) -> None:
    """Hazard: a duration that is missing or absurd, by which everything is due at once."""
    durations = [
        rule.years_after_death,
        rule.years_after_last_entry,
        rule.child_until_birthday,
        rule.child_until_birthday_if_17,
    ]
    said = [each for each in durations if each is not None]
    if (rule.years_after_death is None) is (rule.years_after_last_entry is None):
        raise ValueError(f"the rule {rule.key} counts either from death or from the last entry")
    if any(not 1 <= each <= _MOST_YEARS for each in said) or len(rule.basis) < 10 or len(rule.basis) > 500:
        raise ValueError(
            f"the rule {rule.key} has no usable duration, or says too little or too much of where it comes from"
        )
    if (rule.child_until_birthday is None) is not (rule.child_until_birthday_if_17 is None):
        raise ValueError(f"the rule {rule.key} says half of what it says of children")
    rule.is_about("", "")
