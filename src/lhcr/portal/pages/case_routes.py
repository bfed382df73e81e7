"""Where cases are: the office's queue, what users are asked, and the person's own question."""

from starlette.routing import BaseRoute, Route

from lhcr.portal.addresses import CASES, QUESTIONS
from lhcr.portal.pages.cases import CasePages, office_page
from lhcr.portal.pages.parts import Page, Portal, signed_in_page
from lhcr.portal.pages.person_question import PersonQuestionPages
from lhcr.portal.pages.user_questions import UserQuestionPages
from lhcr.portal.privacy_office import PrivacyOffice

_QUESTION = "/record/{key}/who-looked/{event}/{handle}/not-right"


def case_routes(portal: Portal, office: PrivacyOffice) -> list[BaseRoute]:
    pages = CasePages(office.cases, basis=office.basis)
    users, persons = UserQuestionPages(office.cases), PersonQuestionPages(office.asked)

    def route(address: str, page: Page, method: str = "GET") -> Route:
        return Route(address, signed_in_page(portal, page), methods=[method])

    one = f"{CASES}/{{case}}"
    return [
        route(CASES, office_page(pages.queue)),
        route(one, office_page(pages.case)),
        route(f"{one}/close", office_page(pages.close), "POST"),
        route(f"{one}/ask", office_page(pages.ask), "POST"),
        route(f"{one}/escalate", office_page(pages.escalate), "POST"),
        route(QUESTIONS, users.waiting),
        route(f"{QUESTIONS}/{{case}}", users.form),
        route(f"{QUESTIONS}/{{case}}", users.answer, "POST"),
        route(_QUESTION, persons.form),
        route(_QUESTION, persons.send, "POST"),
    ]
