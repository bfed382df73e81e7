"""Policy: what an area decides for itself about access, as data that the rules read.

The baseline in `policy.json` is this project's own proposal, not a national table; an area replaces the file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from types import MappingProxyType

import msgspec

from lhcr.access.notice_policy import HiddenBy
from lhcr.access.policy_file import PolicyFile
from lhcr.access.security_label import VERY_RESTRICTED, canonical_label
from lhcr.fhir.search.homes import HomeKind, home
from lhcr.identity.principal import PrincipalKind
from lhcr.kernel.errors import Incorrect
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import OCCUPATIONS, Activity
from lhcr.nhs.systems import ACT_CODE, CONFIDENTIALITY

OTHER = "other"
DIRECTORY = "directory"
PRODUCT = "product"
DEMOGRAPHICS = "demographics"
ANY_SOURCE = "*"
#: Where the store keeps what these categories call nobody's.
_HOMES_OF_NOBODY = MappingProxyType({DIRECTORY: HomeKind.DIRECTORY, PRODUCT: HomeKind.SHELF})


@dataclass(frozen=True)
class Policy:
    """The policy, with its tables turned the way in which the rules ask."""

    file: PolicyFile

    @cached_property
    def category_by_type(self) -> Mapping[str, str]:
        return {type_: category for category, types in self.file.category_of_type.items() for type_ in types}

    @cached_property
    def categories(self) -> tuple[str, ...]:
        """Every category that a row may have."""
        by_code = (category for codes in self.file.category_of_code.values() for category in codes.values())
        return tuple(sorted({OTHER, *self.file.category_of_type, *by_code}))

    @cached_property
    def categories_of_care(self) -> frozenset[str]:
        """The categories of what is about somebody and does not merely say who they are."""
        return frozenset(self.categories) - {DIRECTORY, PRODUCT, DEMOGRAPHICS}

    @cached_property
    def reads(self) -> Mapping[Activity, frozenset[str]]:
        return _by_activity(self.file.reads_by_activity)

    @cached_property
    def writes(self) -> Mapping[Activity, frozenset[str]]:
        return _by_activity(self.file.writes_by_activity)

    @cached_property
    def role_writes(self) -> Mapping[str, frozenset[str]]:
        return {role: frozenset(categories) for role, categories in self.file.writes_by_role.items()}

    @cached_property
    def occupation_reads(self) -> Mapping[str, frozenset[str]]:
        return _by_occupation(self.file.reads_by_occupation)

    @cached_property
    def occupation_writes(self) -> Mapping[str, frozenset[str]]:
        return _by_occupation(self.file.writes_by_occupation)

    @cached_property
    def citizen_reads(self) -> frozenset[str]:
        return frozenset(self.file.citizen_reads)

    @cached_property
    def purposes(self) -> Mapping[PrincipalKind, frozenset[Purpose]]:
        by_kind = self.file.purposes_by_kind
        return {kind: frozenset(Purpose.parse(code) for code in codes) for kind, codes in by_kind.items()}

    @cached_property
    def sensitive_labels(self) -> frozenset[str]:
        """Hazard: what is not understood counts as very restricted, so where any label hides something, that one does."""
        return _canonical([*self.file.sensitive_labels, VERY_RESTRICTED]) if self.file.sensitive_labels else frozenset()

    @cached_property
    def labels_withheld_from_citizens(self) -> frozenset[str]:
        return _canonical(self.file.labels_withheld_from_citizens)

    @cached_property
    def hiding_labels(self) -> frozenset[str]:
        """Every label that hides something from somebody, and so is part of an access class."""
        return self.sensitive_labels | self.labels_withheld_from_citizens

    @cached_property
    def _told_by_asker(self) -> Mapping[str, frozenset[HiddenBy]]:
        return self.file.notice.by_asker()

    def told_of(self, askers: Iterable[str]) -> frozenset[HiddenBy]:
        """Return for which reasons somebody is told that something is hidden from them, who is any of some askers."""
        known = self._told_by_asker
        return frozenset[HiddenBy]().union(*(known[each] for each in askers if each in known))

    @cached_property
    def labels_never_told(self) -> frozenset[str]:
        """Labels of entries of which nobody is told that they are hidden."""
        return _canonical(self.file.notice.never)

    @cached_property
    def harmless_labels(self) -> frozenset[str]:
        """Labels of the systems of HL7 v3 that restrict nothing: every other of them does."""
        confidentiality = (f"{CONFIDENTIALITY}|{code}" for code in self.file.confidentiality_that_restricts_nothing)
        return frozenset(
            (*confidentiality, *(f"{ACT_CODE}|{code}" for code in self.file.act_codes_that_restrict_nothing))
        )

    @cached_property
    def sensitive_categories(self) -> frozenset[str]:
        return frozenset(self.file.sensitive_categories)

    @cached_property
    def restricting_labels(self) -> frozenset[str]:
        return _canonical(self.file.restriction.labels)

    @cached_property
    def labels_shown_without_places(self) -> frozenset[str]:
        """Hazard: a label that restricts nobody must not open what it hides."""
        return _canonical(self.file.restriction.shown_without_places) & self.restricting_labels

    def may_restrict(self, source: str) -> bool:
        """Whether an organisation's word is taken on who must not be found."""
        return not {source, ANY_SOURCE}.isdisjoint(self.file.restriction.sources)

    def tells_birth_dates(self, source: str) -> bool:
        """Whether an organisation's word is taken on when people were born."""
        return not {source, ANY_SOURCE}.isdisjoint(self.file.proxies.birth_date_sources)

    @cached_property
    def proxy_sources(self) -> frozenset[str]:
        return frozenset(self.file.proxy_sources)

    @cached_property
    def proxy_activities(self) -> frozenset[Activity]:
        return frozenset(_by_activity({code: [] for code in self.file.proxy_activities}))


def read_policy(text: bytes) -> Policy:
    """Return the policy of one file. Raises msgspec.ValidationError or ValueError where it is not well formed."""
    policy = Policy(msgspec.json.decode(text, type=PolicyFile))
    if len(policy.category_by_type) != sum(map(len, policy.file.category_of_type.values())):
        raise ValueError("the policy gives a type two categories")
    _refuse_misplaced_types(policy)
    _refuse_half_written_types(policy)
    _refuse_unknown_words(policy)
    _refuse_numbers(policy)
    policy.file.secondary_use.refuse_care()
    policy.file.office.check()
    return policy


def _refuse_half_written_types(policy: Policy) -> None:
    """A write is decided by its type, before anybody looks at its codes: so a role writes all of a type, or nothing of it."""
    for resource_type, by_code in policy.file.category_of_code.items():
        whole = {policy.category_by_type.get(resource_type, OTHER), *by_code.values()}
        for granted in (*policy.role_writes.values(), *policy.writes.values(), *policy.occupation_writes.values()):
            if granted & whole and not granted >= whole:
                raise ValueError(f"the policy lets somebody write some categories of {resource_type} and not others")


def _refuse_unknown_words(policy: Policy) -> None:
    """Hazards: a misspelt word that hides nothing of what it was to hide, or opens nothing of what it was to open.

    Whoever runs the area learns of it where the server starts, and no asker by a refusal of everything.
    """
    known, file = set(policy.categories), policy.file
    by_activity = (file.reads_by_activity, file.writes_by_activity)
    by_key = (*by_activity, file.writes_by_role, file.reads_by_occupation, file.writes_by_occupation)
    named = {word for table in by_key for words in table.values() for word in words}
    named = named.union(file.citizen_reads, file.sensitive_categories, file.consent_codes.category_of_code.values())
    if unknown := named - known:
        raise ValueError(f"the policy names categories that are not known: {sorted(unknown)}")
    try:
        # These tables refuse keys that nobody has.
        _ = (
            policy.reads,
            policy.writes,
            policy.occupation_reads,
            policy.occupation_writes,
            policy.purposes,
            policy.proxy_activities,
        )
    except Incorrect as error:
        raise ValueError("the policy names a purpose that is not known") from error


def _refuse_misplaced_types(policy: Policy) -> None:
    """Hazard: a type that the rules take for the directory's or a product's and the store for a person's, open to everyone."""
    for resource_type, category in policy.category_by_type.items():
        needed = _HOMES_OF_NOBODY.get(category)
        try:
            if needed not in {None, home(resource_type).kind}:
                raise ValueError(f"the policy takes {resource_type}, which is about people, for a {category}")
        except KeyError as error:
            raise ValueError(f"the policy names a type that is not one of FHIR R4: {resource_type}") from error


def _refuse_numbers(policy: Policy) -> None:
    file = policy.file
    days = (*file.relationship_days_after.values(), *file.relationship_days_before.values())
    days = (*days, *file.relationships.every_number())
    if file.decision_seconds < 1 or any(each < 0 for each in days):
        raise ValueError("the policy gives a time that is less than nothing, or decisions that hold for no time")


def _canonical(labels: Iterable[str]) -> frozenset[str]:
    return frozenset(map(canonical_label, labels))


def baseline_policy() -> Policy:
    return read_policy(_baseline())


def area_policy(setting: bytes | None) -> Policy:
    """Return the baseline with the top-level members that an area's own JSON object replaces, all of it where None.

    Raises msgspec.ValidationError, msgspec.DecodeError or ValueError where the setting is not well formed: a server does not
    start on a policy that it cannot read.
    """
    if setting is None:
        return baseline_policy()
    replaced = msgspec.json.decode(_baseline(), type=dict[str, msgspec.Raw])
    replaced |= msgspec.json.decode(setting, type=dict[str, msgspec.Raw])
    return read_policy(msgspec.json.encode(replaced))


def _baseline() -> bytes:
    return files("lhcr.access").joinpath("policy.json").read_bytes()


def _by_occupation(table: Mapping[str, list[str]]) -> Mapping[str, frozenset[str]]:
    if unknown := table.keys() - OCCUPATIONS.keys():
        raise ValueError(f"the policy names occupations that are not known: {sorted(unknown)}")
    return MappingProxyType({occupation: frozenset(categories) for occupation, categories in table.items()})


def _by_activity(table: Mapping[str, list[str]]) -> Mapping[Activity, frozenset[str]]:
    by_code = {activity.code: activity for activity in Activity}
    unknown = table.keys() - by_code.keys()
    if unknown:
        raise ValueError(f"the policy names activities that are not known: {sorted(unknown)}")
    return MappingProxyType({by_code[code]: frozenset(categories) for code, categories in table.items()})
