"""What a policy leaves out that whoever runs an area may take for done: told plainly, because nothing fails by it."""

from collections.abc import Iterator

from lhcr.access.policy import Policy

_NO_CONSENT = (
    "consent.sources is empty: no organisation's word is taken on what people object to, so that an objection in a Consent that an "
    "organisation sends stops nobody."
)
_NO_PROXY = "proxy_sources is empty: nobody's word is taken on who acts for somebody, so that nobody has a proxy."

_NO_CONTACT = "contact is empty: whoever is refused reads of nobody whom they can telephone."


def policy_gaps(policy: Policy) -> Iterator[str]:
    """Yield a sentence for each. Hazard: an objection that was recorded and is believed to be obeyed."""
    if not policy.file.consent.sources:
        yield _NO_CONSENT
    if not policy.proxy_sources:
        yield _NO_PROXY
    if not policy.file.contact.sentence:
        yield _NO_CONTACT
