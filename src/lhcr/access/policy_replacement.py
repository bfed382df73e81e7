"""The replacement of an area's policy by whoever runs it: what the file replaces of the baseline, whole, or nothing.

Hazard: entries that were put into categories by one policy and are judged by another's, so that what was hidden is shown.
"""

from hashlib import sha256
from typing import Final

import msgspec

from lhcr.access.policy import Policy, area_policy
from lhcr.access.policy_change import PolicyChanges
from lhcr.identity.area_settings import ACCESS_POLICY, read_setting, replace_setting
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Conflict, Incorrect, Issue
from lhcr.store.database import Connection
from lhcr.store.statements import load_statements

_SQL: Final = load_statements("lhcr.access", "policy_replacement.sql")
#: The subtype of its entry in the log.
REPLACED: Final = "policy-replaced"


def read_replacement(text: bytes) -> Policy:
    """Return the policy that an area would have. Raises Incorrect (`policy-invalid`) and says where."""
    try:
        return area_policy(text)
    except (msgspec.MsgspecError, ValueError) as error:
        diagnostics = f"The file is no policy: {error}."
        raise Incorrect([Issue(code="invalid", error="policy-invalid", diagnostics=diagnostics)]) from None


async def replace_policy(changes: PolicyChanges, operator: Principal, text: bytes) -> bool:
    """Replace the area's policy, and return whether it is another than before. Workers take it when they start.

    Raises Incorrect as `read_replacement`, Conflict (`policy-categories-in-use`) where entries that are stored would be of other
    categories, and Unavailable.
    """
    new = read_replacement(text)

    async def work(connection: Connection) -> tuple[bool, str]:
        await connection.execute(_SQL["lock"])
        before = await read_setting(connection, ACCESS_POLICY)
        if before == text:
            return False, ""
        if _categories(new) != _categories(area_policy(before)) and await connection.fetchval(_SQL["has_entries"]):
            raise Conflict([_IN_USE])
        await replace_setting(connection, ACCESS_POLICY, text)
        await connection.execute(_SQL["raise_epoch"])
        members = ", ".join(sorted(msgspec.json.decode(text, type=dict[str, msgspec.Raw]))) or "nothing"
        return True, f"policy of access: replaces {members} of the baseline; sha-256 {sha256(text).hexdigest()}"

    return await changes.make(operator, REPLACED, work)


def _categories(policy: Policy) -> tuple[object, object]:
    return policy.file.category_of_type, policy.file.category_of_code


_IN_USE: Final = Issue(
    code="business-rule",
    error="policy-categories-in-use",
    diagnostics=(
        "The file puts types or codes into other categories than before, and entries are stored by those. Leave category_of_type and "
        "category_of_code as they are, or begin with an empty database."
    ),
)
