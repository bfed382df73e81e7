"""The section "How an answer comes about": the verdicts of all rules, folded into one answer."""

from typing import Final, NamedTuple

from tests.access.second_reader.area import Area
from tests.access.second_reader.asked import LIFTABLE, PERMIT, PERMIT_OWN, REFUSE, Asked
from tests.access.second_reader.objection_rules import consent, purpose, secondary_use
from tests.access.second_reader.role_rule import role
from tests.access.second_reader.standing_rules import in_emergency, own_contribution, own_record, relationship
from tests.access.second_reader.subject import is_about_nobody, names_somebody
from tests.access.second_reader.token_rules import acting, scope, sign_in

#: In the order in which they stand in the text.
RULES: Final = {
    "role": role,
    "sign-in": sign_in,
    "scope": scope,
    "acting": acting,
    "own-contribution": own_contribution,
    "own-record": own_record,
    "relationship": relationship,
    "consent": consent,
    "purpose": purpose,
    "secondary-use": secondary_use,
}


class Answer(NamedTuple):
    """`rule` is the name under which it is refused, empty where it is permitted."""

    verdicts: dict[str, str]
    permitted: bool
    own_only: bool
    rule: str


def answer(asked: Asked, area: Area) -> Answer:
    """Refusals that nothing lifts come first, then those that an emergency lifts, then permits; where nobody permits it is no."""
    said = {_name(name, asked): rule(asked, area) for name, rule in RULES.items()}
    emergency = in_emergency(asked)
    always = [name for name, word in said.items() if word == REFUSE]
    liftable = [name for name, word in said.items() if word == LIFTABLE]
    if refused := [*always, *([] if emergency else liftable)]:
        return Answer(said, permitted=False, own_only=False, rule=refused[0])
    permits = [word for word in said.values() if word in {PERMIT, PERMIT_OWN, LIFTABLE}]
    if not permits:
        return Answer(said, permitted=False, own_only=False, rule="default")
    return Answer(said, permitted=True, own_only=set(permits) == {PERMIT_OWN}, rule="")


def _name(rule: str, asked: Asked) -> str:
    """A read that names nobody is refused under a name of its own."""
    if rule != "relationship" or asked.asker.kind != "professional" or not asked.reads:
        return rule
    unnamed = not names_somebody(asked) and asked.standing.person != "shelf" and not is_about_nobody(asked)
    return "person-not-named" if unnamed else rule
