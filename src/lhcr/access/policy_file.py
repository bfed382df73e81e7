"""The form of the policy file: what an area may decide for itself about access, member by member."""

import msgspec

from lhcr.access.agreement_policy import AgreementPolicy, SecondaryUsePolicy
from lhcr.access.consent_policy import ConsentCodes, ConsentPolicy
from lhcr.access.notice_policy import NoticePolicy
from lhcr.access.office_policy import OfficePolicy
from lhcr.access.own_word_policy import ClaimPolicy, ContactPolicy, EmergencyPolicy
from lhcr.access.proxy_policy import ProxyPolicy
from lhcr.access.relationship_policy import RelationshipPolicy
from lhcr.identity.principal import PrincipalKind


class RestrictionPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose whereabouts are withheld, and from whom (the PDS restriction `R`).

    A Patient, Person or RelatedPerson with one of `labels` restricts its person, where one of `sources` (ODS codes, or `*` for
    all) contributes it. Such demographics are shown without places where their labels are all among `shown_without_places`, so
    that somebody who is restricted can still be found and told apart; with any other label they stay hidden as a whole.
    A change of `labels` or `sources` counts for what is written from then on.
    """

    labels: list[str]
    shown_without_places: list[str]
    sources: list[str]
    proxies_see_places: bool


class PolicyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The form of the file. Categories are named by words of the area's own; four of them have a meaning in the rules.

    `directory` is open to everyone who is signed in, `product` (medicines and substances, about nobody) to everyone who may
    read clinical entries, `demographics` is what a trace shows, and `other` is every type that no category names.
    `category_of_code` gives, for a type, the category of an entry by a code of its `category` element.
    `relationship_days_after` says for how many days after its end a fact still ties an organisation to a person, and so also
    which kinds of fact do; `relationship_days_before` from how many days before its beginning. `proxy_sources` are the
    organisations whose word on who may act for somebody is taken; empty takes nobody's. Their systems say so, and of their
    professionals those with all of `proxy_activities` who read what a citizen reads; empty, none of them. `proxies` says by which
    codes of HL7 v3 RoleCode, and how long. `confidentiality_that_restricts_nothing` and
    `act_codes_that_restrict_nothing` are codes of HL7 v3 Confidentiality and ActCode, such as handling instructions, that hide
    nothing: any other code of theirs does, as `sensitive_labels` does; what is stored keeps what counted when it was written.
    `labels_withheld_from_citizens` hide from people and their proxies alone, such as NOPAT of HL7 v3 ActCode: not to be told to
    the patient, family or carers before the professional in charge allows it. `reads_by_occupation` and `writes_by_occupation` say what
    somebody of an occupation needs of what role and activities cover, where several occupations share a role; an occupation
    that they do not name needs all of it. `notice` says who is told that something is hidden from them.
    """

    name: str
    category_of_type: dict[str, list[str]]
    category_of_code: dict[str, dict[str, str]]
    reads_by_activity: dict[str, list[str]]
    reads_by_occupation: dict[str, list[str]]
    writes_by_activity: dict[str, list[str]]
    writes_by_role: dict[str, list[str]]
    writes_by_occupation: dict[str, list[str]]
    citizen_reads: list[str]
    purposes_by_kind: dict[PrincipalKind, list[str]]
    confidentiality_that_restricts_nothing: list[str]
    act_codes_that_restrict_nothing: list[str]
    sensitive_labels: list[str]
    labels_withheld_from_citizens: list[str]
    sensitive_categories: list[str]
    restriction: RestrictionPolicy
    relationship_days_after: dict[str, int]
    relationship_days_before: dict[str, int]
    relationships: RelationshipPolicy
    proxy_sources: list[str]
    proxy_activities: list[str]
    proxies: ProxyPolicy
    consent: ConsentPolicy
    consent_codes: ConsentCodes
    claims: ClaimPolicy
    emergency: EmergencyPolicy
    office: OfficePolicy
    agreements: AgreementPolicy
    secondary_use: SecondaryUsePolicy
    contact: ContactPolicy
    notice: NoticePolicy
    decision_seconds: int
