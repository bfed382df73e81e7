"""Which rows a permit reaches: rows of the covered categories, sensitive ones only where they are the asker's own.

Hazard guarded here: a sensitive item exposed. A sensitive row of another source is left out without notice, so that an
answer reads byte for byte as if the row did not exist.
"""

from lhcr.access.access_class import AccessClass
from lhcr.access.policy import Policy


def is_sensitive(access_class: AccessClass, *, policy: Policy) -> bool:
    return access_class.category in policy.sensitive_categories or not policy.sensitive_labels.isdisjoint(
        access_class.labels
    )


def reaches(
    access_class: AccessClass, *, categories: frozenset[str] | None, own: bool, own_only: bool, policy: Policy
) -> bool:
    """Return whether rows of a class may be read. `categories` None: all; `own`: it is the asker's own source's class."""
    if categories is not None and access_class.category not in categories:
        return False
    return own or not (own_only or is_sensitive(access_class, policy=policy))
