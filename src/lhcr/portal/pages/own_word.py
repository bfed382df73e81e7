"""Opening a record on one's own word: the form that asks why, what it opens, and ending it.

Hazard: wrong person. The form names whose record it opens, as the trace did that led to it.
"""

from collections.abc import Mapping
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lhcr.access.alerts import AlertType
from lhcr.identity.principal import Principal
from lhcr.kernel.errors import Conflict, Forbidden, Issue
from lhcr.portal.addresses import FIND, record_address
from lhcr.portal.pages.parts import Portal
from lhcr.portal.presenters.own_word import SLUGS, present_form, read_own_word
from lhcr.portal.same_origin import require_same_origin


class OwnWordPages:
    """The pages of one way of opening a record, for whoever's role has it."""

    def __init__(self, type_: AlertType) -> None:
        self._type = type_

    async def form(self, portal: Portal, request: Request, principal: Principal) -> Response:
        """The empty form, with whom a trace shows. Nobody's record is looked at: it is the same whatever ties somebody to the person."""
        return await self._form(portal, request, principal, {}, {}, status=200)

    async def give(self, portal: Portal, request: Request, principal: Principal) -> Response:
        """Open the record, or say what is wrong with what was sent (422)."""
        require_same_origin(request)
        key: str = request.path_params["key"]
        form = await request.form(max_files=0, max_fields=6)
        values = {name: value for name, value in form.items() if isinstance(value, str)}
        word, errors = read_own_word(self._type, values)
        if word is None:
            return await self._form(portal, request, principal, values, errors, status=422)
        # What is recorded meanwhile opens the record by itself, and nobody need be told.
        with suppress(Conflict):
            await portal.openings.give(principal, key, word)
        return RedirectResponse(record_address(key), status_code=303)

    async def end(self, portal: Portal, request: Request, principal: Principal) -> Response:
        require_same_origin(request)
        await portal.openings.end(principal, request.path_params["key"], self._type)
        return RedirectResponse(f"{FIND}?ended={SLUGS[self._type]}", status_code=303)

    async def _form(
        self,
        portal: Portal,
        request: Request,
        principal: Principal,
        values: Mapping[str, str],
        errors: Mapping[str, str],
        *,
        status: int,
    ) -> Response:
        if self._type not in portal.openings.ways(principal):
            diagnostics = "Your role does not let you open a record in this way."
            raise Forbidden([Issue(code="forbidden", error="role", diagnostics=diagnostics)])
        key: str = request.path_params["key"]
        person, lasts = await portal.openings.whom(principal, key), portal.openings.lasts(self._type)
        page = present_form(self._type, key, person=person, lasts=lasts, values=values, errors=errors)
        return portal.renderer.page("own-word.jinja", {"page": page}, principal=principal, status=status)
