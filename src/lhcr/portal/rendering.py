"""Rendering: templates with every value escaped, and what each page needs whoever reads it."""

from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader
from starlette.responses import HTMLResponse

from lhcr.audit.answer import Answer
from lhcr.identity.principal import Principal
from lhcr.portal.direction import in_stored_order
from lhcr.portal.first_page import first_page
from lhcr.views.plain_code import plain_code

STATIC = "/static"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What stands on every page: the area's own name, and whether everyone in it is invented."""

    area: str
    demonstration: bool


class Renderer:
    """Renders the portal's templates. Made once, when the program starts."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._environment = Environment(
            loader=ChoiceLoader([PackageLoader("lhcr.portal"), PackageLoader("nhsuk_frontend_jinja")]),
            autoescape=True,
            finalize=in_stored_order,
            undefined=ChainableUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters["plain_code"] = plain_code

    def page(
        self,
        template: str,
        values: Mapping[str, object],
        *,
        principal: Principal | None = None,
        status: int = 200,
    ) -> HTMLResponse:
        """A page that shows nobody's data, as a response; the middleware adds the headers that every page carries."""
        return HTMLResponse(self.text(template, values, principal=principal), status_code=status)

    def answer(self, template: str, values: Mapping[str, object], *, principal: Principal, status: int = 200) -> Answer:
        """A page that shows persons: it is sent only once the log has released it."""
        body = self.text(template, values, principal=principal).encode()
        return Answer(status=status, headers=(("content-type", "text/html; charset=utf-8"),), body=(body,))

    def text(self, template: str, values: Mapping[str, object], *, principal: Principal | None = None) -> str:
        return self._environment.get_template(template).render(
            {
                "area": self._look.area,
                "demonstration": self._look.demonstration,
                "principal": principal,
                "first": first_page(principal),
                "static": STATIC,
                **values,
            }
        )
