"""Which rows a permit reaches: rows of the covered categories, sensitive ones only where they are the asker's own.

Hazard guarded here: a sensitive item exposed. A sensitive row of another source is left out without notice, so that an
answer reads byte for byte as if the row did not exist; so it is left out for the person themself where its label says that it
is not to be told to them. What an order restricts is left out whatever policy says. Demographics that are restricted for their places alone are reached
where places are withheld: nobody is cared for safely who cannot be found by number and told from others by name.
"""

from lhcr.access.access_class import AccessClass
from lhcr.access.consent_scope import SHARING_CHOICE
from lhcr.access.order import RESTRICTED_PROCESSING
from lhcr.access.policy import DEMOGRAPHICS, Policy
from lhcr.access.security_label import REDACTED, canonical_label


def is_sensitive(access_class: AccessClass, *, policy: Policy) -> bool:
    return access_class.category in policy.sensitive_categories or bool(_sensitive_labels(access_class, policy))


def is_restricted_for_places(access_class: AccessClass, *, policy: Policy) -> bool:
    """Return whether a class is sensitive for nothing but where people are, which is left out of its rows."""
    return (
        access_class.category == DEMOGRAPHICS
        and DEMOGRAPHICS not in policy.sensitive_categories
        and _sensitive_labels(access_class, policy) <= policy.labels_shown_without_places
    )


def is_withheld_from_citizens(access_class: AccessClass, *, policy: Policy) -> bool:
    """Return whether a class is not told to the person whom it is about and who act for them, such as NOPAT says."""
    return not policy.labels_withheld_from_citizens.isdisjoint(map(canonical_label, access_class.labels))


def _is_sharing_choice(access_class: AccessClass, policy: Policy) -> bool:
    """Whether a class is sensitive for nothing but that it says what its person objects to, which is their own word."""
    of_kind = access_class.category in policy.sensitive_categories
    return not of_kind and _sensitive_labels(access_class, policy) == {SHARING_CHOICE}


def _sensitive_labels(access_class: AccessClass, policy: Policy) -> frozenset[str]:
    # A class that was stored under an earlier policy may have a label as that policy wrote it.
    return policy.sensitive_labels.intersection(map(canonical_label, access_class.labels))


def reaches(
    access_class: AccessClass,
    *,
    categories: frozenset[str] | None,
    own: bool,
    own_only: bool,
    restricted: bool,
    citizen: bool,
    policy: Policy,
) -> bool:
    """Return whether rows of a class may be read.

    `categories` None: all; `own`: it is the asker's own source's class; `restricted`: what tells where a restricted person is
    is left out of what is shown, or it is shown to that person themself; `citizen`: the asker is a person or their proxy.
    """
    if REDACTED in access_class.labels:
        # Hazard: what PDS returns to nobody is returned here, by whoever stored it in error.
        return False
    if categories is not None and access_class.category not in categories:
        return False
    if own or own_only:
        return own
    if RESTRICTED_PROCESSING in access_class.labels:
        return False
    if citizen and is_withheld_from_citizens(access_class, policy=policy):
        return False
    hidden = is_sensitive(access_class, policy=policy) and not (citizen and _is_sharing_choice(access_class, policy))
    return not hidden or (restricted and is_restricted_for_places(access_class, policy=policy))
