"""The policy of consent: whose word on what somebody objects to is taken, how it is read, and whether an emergency lifts it."""

from enum import Enum
from typing import Final

import msgspec

from lhcr.identity.principal import Principal, PrincipalKind

_ANY: Final = "*"


class Strength(Enum):
    """What an objection stops, in the words of verdicts."""

    UNLESS_EMERGENCY = "deny-unless-emergency"
    ALWAYS = "deny-always"


class ChoosingProxy(Enum):
    """Who may choose about sharing in the place of a person, besides the person themself."""

    PARENTAL = "parental"
    APPOINTED = "appointed"


class ConsentPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose Consents count: of `sources` (ODS codes, or `*` for all), where one of `authors` writes them.

    An objection is to everybody, to an organisation that it names, or to a part (some sources, some kinds of entry): how strong
    each is. A change of sources and authors counts for what is written from then on. What people choose themselves counts where
    `citizen` is among the authors, whatever `sources` says: they are no organisation's. `proxies` may choose for them.
    """

    sources: list[str]
    authors: list[PrincipalKind]
    to_everybody: Strength
    to_an_organisation: Strength
    to_a_part: Strength
    proxies: list[ChoosingProxy] = []

    @property
    def takes_own_word(self) -> bool:
        """Whether what people choose on their own page counts."""
        return PrincipalKind.CITIZEN in self.authors

    def takes_word_of(self, writer: Principal) -> bool:
        """Whether what somebody writes says what its person objects to."""
        return writer.kind in self.authors and not {writer.organisation, _ANY}.isdisjoint(self.sources)


class ConsentCodes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How Consents are read, by codings as `system|code`; a change counts for what is written from then on.

    `about_something_else` are categories of a Consent that is not about sharing, `rules_that_object` and `rules_that_do_not` its
    policyRule. `category_of_code` gives the category of entries that a coding of provision.code means.
    """

    about_something_else: list[str]
    rules_that_object: list[str]
    rules_that_do_not: list[str]
    category_of_code: dict[str, str]
