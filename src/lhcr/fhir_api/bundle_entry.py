"""An entry of a batch or transaction: the request that it stands for (FHIR R4 bundle 2.36.6)."""

from dataclasses import dataclass, replace
from email.utils import format_datetime
from functools import lru_cache
from typing import Any, Final

from lhcr.fhir.search.dates import interval
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.content import EntryContent
from lhcr.fhir_api.parameters import Pair, at, read_pairs
from lhcr.fhir_api.target import Kind, Target, parse_target
from lhcr.kernel.errors import Incorrect, Issue, LhcrError
from lhcr.kernel.json_types import JsonObject

_LONGEST_NAME: Final = 64
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_CONDITIONS: Final = (("ifNoneMatch", "if-none-match"), ("ifMatch", "if-match"), ("ifNoneExist", "if-none-exist"))


class EntryInvalid(Incorrect):
    """An entry that stands for no request. Its issues are told by their places in the Bundle already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`place` is its FHIRPath: `Bundle.entry[3]`."""

    place: str
    method: str
    target: Target
    pairs: tuple[Pair, ...]
    headers: dict[str, str]
    resource: JsonObject | None
    full_url: str | None

    @property
    def is_read(self) -> bool:
        return self.method in {"GET", "HEAD"}

    def call(self, outer: Call) -> Call:
        """Return the call that the entry stands for, on behalf of whoever sent the Bundle."""
        kept = {name: outer.headers[name] for name in ("prefer",) if name in outer.headers}
        return Call(
            method=self.method,
            target=self.target,
            pairs=self.pairs,
            headers=kept | self.headers,
            content=EntryContent(self.resource),
            principal=outer.principal,
            request_id=outer.request_id,
            nested=True,
        )


def entry_place(index: int) -> str:
    return f"Bundle.entry[{index}]"


def read_entry(raw: Any, index: int, *, base: str) -> Entry:
    """Read an entry, whose structure may not have been checked. Raises LhcrError at its place."""
    place = entry_place(index)
    request = raw.get("request") if isinstance(raw, dict) else None
    method, url = (request.get("method"), request.get("url")) if isinstance(request, dict) else (None, None)
    if not (isinstance(request, dict) and isinstance(method, str) and method in METHODS and isinstance(url, str)):
        raise _invalid("entry-request-invalid", "The entry needs a request with method and url.", f"{place}.request")
    resource = raw.get("resource")
    if resource is not None and not isinstance(resource, dict):
        raise _invalid("wrong-json-type", "A resource must stand here.", f"{place}.resource")
    try:
        target, pairs = _read_name(url) if url.isalpha() and len(url) <= _LONGEST_NAME else _read_url(url, base=base)
    except LhcrError as error:
        where = f"{place}.request.url"
        raise EntryInvalid([replace(each, expression=where) for each in error.issues], status=error.status) from error
    return Entry(
        place=place,
        method=method,
        target=target,
        pairs=pairs,
        headers=_conditions(request, place),
        resource=resource,
        full_url=raw.get("fullUrl") if isinstance(raw.get("fullUrl"), str) else None,
    )


def _read_url(url: str, *, base: str) -> tuple[Target, tuple[Pair, ...]]:
    path, _, query = url.removeprefix(base).encode("utf-8", "replace").partition(b"?")
    if b":" in path.partition(b"/")[0]:
        raise _invalid("entry-url-elsewhere", "The url of an entry is relative to this server's base.", None)
    target = parse_target(path)
    if target.kind is Kind.SYSTEM:
        raise _invalid("entry-url-invalid", "An entry cannot be a batch or a search of everything.", None)
    return target, read_pairs(query)


@lru_cache(maxsize=256)
def _read_name(name: str) -> tuple[Target, tuple[Pair, ...]]:
    """Read the url of a create, which is a type's name and the same for most entries."""
    return _read_url(name, base="")


def _conditions(request: JsonObject, place: str) -> dict[str, str]:
    headers = {header: request[name] for name, header in _CONDITIONS if isinstance(request.get(name), str)}
    since = request.get("ifModifiedSince")
    if since is not None:
        try:
            headers["if-modified-since"] = format_datetime(at(interval(since)[0]), usegmt=True)
        except (ValueError, TypeError, OverflowError):
            where = f"{place}.request.ifModifiedSince"
            raise _invalid("wrong-json-type", "An instant must stand here.", where) from None
    return headers


def located(error: LhcrError, place: str) -> LhcrError:
    """Return the error with each issue put at the place of an entry: `Patient.name` there is `Bundle.entry[3].resource.name`.

    So is `Bundle.entry[0]`, which is then an entry of a Bundle that stands in the entry.
    """
    if isinstance(error, EntryInvalid):
        return error
    issues = [replace(issue, expression=_joined(place, issue.expression)) for issue in error.issues]
    return LhcrError(issues, status=error.status)


def _joined(place: str, expression: str | None) -> str:
    if expression is None:
        return place
    _, dot, rest = expression.partition(".")
    return f"{place}.resource{dot}{rest}"


def _invalid(error: str, diagnostics: str, expression: str | None) -> EntryInvalid:
    return EntryInvalid([Issue(code="invalid", error=error, diagnostics=diagnostics, expression=expression)])
