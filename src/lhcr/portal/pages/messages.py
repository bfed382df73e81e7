"""Pages that say that something is refused, missing or broken: one sentence why, and what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from starlette.responses import Response

from lhcr.access.alerts import AlertType
from lhcr.access.permissions import Permission, may_grant
from lhcr.access.refusal import Refused
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Category, LhcrError
from lhcr.nhs.roles import Activity
from lhcr.portal.addresses import decision_address
from lhcr.portal.presenters.own_word import WayLink, way_link
from lhcr.portal.rendering import Renderer

_TRY_AGAIN = "Try again in a few minutes."
_PRIVACY = "If you think this is wrong, tell your privacy officer the reference."
_PRACTICE = "If you think this is wrong, tell your GP practice the reference."
_NOT_YOURS = (
    "This is not your own record, or you are not yet old enough to open it yourself, and nothing that is recorded here lets you act "
    "for this person."
)
#: What a rule says of an organisation in general, said to somebody who works there.
_WHY: Mapping[str, str] = MappingProxyType(
    {
        "relationship": (
            "Nothing recorded here says that your organisation cares for this person now: no registration, referral, "
            "appointment or stay."
        )
    }
)
_NEXT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "role": ("Ask whoever manages your access if your work needs it.",),
        "relationship": (
            "If you are caring for this person now, have the registration, referral or appointment recorded.",
            "Ask a colleague who already cares for this person.",
        ),
        "consent": (
            "Ask the person: they can change this where they said it.",
            "Ask whoever already cares for this person, or telephone the organisation whose information you need.",
        ),
        "own-record": ("If you act for this person, ask their GP practice to record it.",),
        "sign-in": ("Sign in with your smartcard, or whatever else your organisation gave you for it.",),
        "acting": ("Ask whoever runs the program that you use to have it registered for your organisation.",),
        "secondary-use": ("Ask the privacy office which data may be used for research or planning.",),
        "claim": ("Ask a colleague who may claim one, or whoever manages your access if your work needs it.",),
        "emergency": ("Ask a colleague who has emergency access, or whoever manages your access.",),
        "rate-limit": ("Wait a minute before you search again.",),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    title: str
    why: str
    next: tuple[str, ...] = ()
    ways: tuple[WayLink, ...] = ()
    reference: str = ""
    explained: str = ""


NOT_FOUND = MessagePage(
    title="Page not found",
    why="There is nothing at this address that you may see.",
    next=("Check the address if you typed it.", "Go back to the page that you came from."),
)
FAULT = MessagePage(
    title="Sorry, there is a problem with this service",
    why="The page could not be made. Nothing was changed.",
    next=(_TRY_AGAIN, "If you need the information now, ask the source directly."),
)
TOO_MANY_SEARCHES = MessagePage(
    title="You have searched too often",
    why="You have looked for people more often in a minute than this service allows. Nobody was looked up this time.",
    next=(
        "Wait a minute, then search again.",
        "Use the NHS number if you have it: it finds one person at the first try.",
        "If you cannot wait, ask a colleague to search.",
    ),
)
_TRACE_LIMIT = "trace-limit"
#: Seconds.
_WAIT = "60"
_BY_CATEGORY: Mapping[Category, MessagePage] = MappingProxyType(
    {
        Category.NOT_FOUND: NOT_FOUND,
        Category.FAULT: FAULT,
        Category.UNAVAILABLE: MessagePage(
            title="The record cannot be read at the moment",
            why="A part of the service does not answer. This says nothing about what the record holds.",
            next=(_TRY_AGAIN, "If you need the information now, ask the source directly."),
        ),
        Category.INTERRUPTED: FAULT,
        Category.BUSY: MessagePage(
            title="Too many requests",
            why="You asked for more than the service gives in so short a time.",
            next=("Wait a minute and try again.",),
        ),
    }
)


def error_page(renderer: Renderer, error: LhcrError, *, principal: Principal | None, key: str = "") -> Response:
    """The page for an error that a caller is told about, with its HTTP status. `key` names the record that was asked for."""
    response = message(renderer, describe(error, principal, key=key), status=error.status, principal=principal)
    if error.category is Category.BUSY:
        response.headers["retry-after"] = _WAIT
    return response


def message(renderer: Renderer, page: MessagePage, *, status: int, principal: Principal | None) -> Response:
    return renderer.page("message.jinja", {"page": page}, principal=principal, status=status)


def describe(error: LhcrError, principal: Principal | None, *, key: str = "") -> MessagePage:
    """What a page says of an error: a refusal says the rule's own reason, the others what their category means."""
    if isinstance(error, Refused):
        return _refused(error, principal, key)
    if error.category is Category.FORBIDDEN:
        return _refusal(error.issues[0].diagnostics, error.issues[0].error, "")
    if error.issues[0].error == _TRACE_LIMIT:
        return TOO_MANY_SEARCHES
    known = _BY_CATEGORY.get(error.category)
    return known or MessagePage(title="This cannot be done", why=error.issues[0].diagnostics)


def _refused(error: Refused, principal: Principal | None, key: str) -> MessagePage:
    """A citizen is told in words for themselves, and whom they can ask; everybody what they may do on their own word."""
    rule = error.issues[0].error
    is_citizen = principal is not None and principal.kind is PrincipalKind.CITIZEN
    why = _NOT_YOURS if is_citizen and rule == "own-record" else _WHY.get(rule, error.verdict.reason)
    page = _refusal(why, rule, error.reference, appeal=_PRACTICE if is_citizen else _PRIVACY)
    # Whoever can say themself that they care for the person need not have it recorded first.
    known = page.next[1:] if AlertType.RELATIONSHIP in error.ways else page.next
    steps = tuple(step for step in (*known, error.contact) if step)
    return replace(
        page,
        next=steps,
        ways=tuple(way_link(way, key) for way in error.ways) if key else (),
        explained=decision_address(error.reference) if _reads_the_log(principal) else "",
    )


def _reads_the_log(principal: Principal | None) -> bool:
    """Whether a page leads somebody to the decision's explanation. Whether they may read it is asked there."""
    if principal is None or principal.kind is not PrincipalKind.OFFICE or not principal.organisation:
        return False
    return Activity.VIEW_LOGS in principal.activities and may_grant(principal.sign_in, Permission.VIEW_LOGS)


def _refusal(why: str, rule: str, reference: str, *, appeal: str = "") -> MessagePage:
    steps = (*_NEXT.get(rule, ()), *((appeal,) if appeal else ()))
    return MessagePage(title="You cannot open this", why=why, next=steps, reference=reference)
