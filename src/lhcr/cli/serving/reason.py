"""The reason among what several tasks told when they were ended by it."""

from lhcr.kernel.errors import LhcrError


def reason_of(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first that this program raised itself, or else the first of all."""
    reason: BaseException = group.subgroup(LhcrError) or group
    while isinstance(reason, BaseExceptionGroup):
        reason = reason.exceptions[0]
    return reason
