"""Finding a person: by NHS number, or by family name and birth date, always in the body of a request."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lhcr.audit.answer import Answer
from lhcr.identity.principal import Principal
from lhcr.portal.addresses import HOME
from lhcr.portal.first_page import looks_for_people
from lhcr.portal.pages.parts import Portal
from lhcr.portal.ports import Found
from lhcr.portal.presenters.find import FindPage, present_found, read_form
from lhcr.portal.presenters.own_word import ended_words
from lhcr.portal.same_origin import require_same_origin
from lhcr.portal.sending import send


async def find_page(portal: Portal, request: Request, principal: Principal) -> Response:
    """The empty form, what was just ended, and whether the privacy office asks something; whoever does not look for people is led to their own first page."""
    if not looks_for_people(principal):
        return RedirectResponse(HOME, status_code=303)
    asked = await portal.office.cases.questions(principal) if portal.office else ()
    told = {"page": FindPage(), "questions": len(asked), "ended": ended_words(request.query_params.get("ended", ""))}
    return portal.renderer.page("find.jinja", told, principal=principal)


async def find(portal: Portal, request: Request, principal: Principal) -> Response:
    """Who was found, or what is wrong with what was asked (422)."""
    require_same_origin(request)
    form = await request.form(max_files=0, max_fields=12)
    asked = read_form({name: value for name, value in form.items() if isinstance(value, str)})
    if asked.criteria is None:
        page = FindPage(values=asked.values, errors=asked.errors)
        return portal.renderer.page("find.jinja", {"page": page}, principal=principal, status=422)

    def render(found: Found) -> Answer:
        return portal.renderer.answer("find.jinja", {"page": present_found(asked, found)}, principal=principal)

    return send(await portal.finder.find(principal, asked.criteria, render=render))
