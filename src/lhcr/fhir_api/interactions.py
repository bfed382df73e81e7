"""The interactions that can be asked for one by one, sent alone or as entries of a batch."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from lhcr.fhir_api.audit_events import read_or_log, search_by_post_or_log, search_or_log
from lhcr.fhir_api.call import Call
from lhcr.fhir_api.conditional import conditional_delete, conditional_patch, conditional_update
from lhcr.fhir_api.everything import everything
from lhcr.fhir_api.history import instance_history, system_history, type_history
from lhcr.fhir_api.meta import meta, used_meta
from lhcr.fhir_api.read import vread
from lhcr.fhir_api.refusals import MethodNotAllowed
from lhcr.fhir_api.reply import Reply
from lhcr.fhir_api.search import search, search_by_post
from lhcr.fhir_api.services import Services
from lhcr.fhir_api.target import Kind, Target
from lhcr.fhir_api.validate import validate_sent, validate_stored
from lhcr.fhir_api.write import create, delete, patch, update
from lhcr.kernel.errors import Issue, NotFound

Handler: TypeAlias = Callable[[Services, Call], Awaitable[Reply]]

Table: TypeAlias = Mapping[Kind, Mapping[str, Handler]]

INTERACTIONS: Final[Table] = MappingProxyType(
    {
        Kind.SYSTEM: {"GET": search},
        Kind.SYSTEM_SEARCH: {"GET": search, "POST": search_by_post},
        Kind.SYSTEM_HISTORY: {"GET": system_history},
        Kind.TYPE: {
            "GET": search_or_log,
            "POST": create,
            "PUT": conditional_update,
            "PATCH": conditional_patch,
            "DELETE": conditional_delete,
        },
        Kind.TYPE_SEARCH: {"POST": search_by_post_or_log},
        Kind.COMPARTMENT: {"GET": search},
        Kind.COMPARTMENT_SEARCH: {"POST": search_by_post},
        Kind.TYPE_HISTORY: {"GET": type_history},
        Kind.INSTANCE: {"GET": read_or_log, "PUT": update, "PATCH": patch, "DELETE": delete},
        Kind.INSTANCE_HISTORY: {"GET": instance_history},
        Kind.VERSION: {"GET": vread},
    }
)

#: Operations by kind of target and name, each with the type that it is for, None for every type.
OPERATIONS: Final[Mapping[tuple[Kind, str], tuple[str | None, Mapping[str, Handler]]]] = MappingProxyType(
    {
        (Kind.INSTANCE_OPERATION, "$everything"): ("Patient", {"GET": everything, "POST": everything}),
        (Kind.INSTANCE_OPERATION, "$meta"): (None, {"GET": meta, "POST": meta}),
        (Kind.TYPE_OPERATION, "$meta"): (None, {"GET": used_meta, "POST": used_meta}),
        (Kind.SYSTEM_OPERATION, "$meta"): (None, {"GET": used_meta, "POST": used_meta}),
        (Kind.INSTANCE_OPERATION, "$validate"): (None, {"GET": validate_stored, "POST": validate_sent}),
        (Kind.TYPE_OPERATION, "$validate"): (None, {"POST": validate_sent}),
    }
)


def entry_handler(method: str, target: Target) -> Handler:
    """Return what answers an entry of a batch. Raises NotFound (404), MethodNotAllowed (405)."""
    return find_handler(INTERACTIONS, method, target)


def find_handler(table: Table, method: str, target: Target) -> Handler:
    """Return what answers a method at a target; HEAD is answered as GET."""
    methods = _operation(target) if target.operation else table.get(target.kind)
    if target.kind is Kind.METADATA:
        diagnostics = (
            "An entry cannot ask for the CapabilityStatement. Send GET [base]/metadata by itself; it needs no token."
        )
        raise _unknown("path-unknown", diagnostics)
    if methods is None:
        raise _unknown("path-unknown", "This server does not answer this path. GET /metadata says what it does.")
    handler = methods.get("GET" if method == "HEAD" else method)
    if handler is None:
        raise MethodNotAllowed([*methods, *(["HEAD"] if "GET" in methods else [])])
    return handler


def _operation(target: Target) -> Mapping[str, Handler]:
    only, methods = OPERATIONS.get((target.kind, target.operation), (None, {}))
    if not methods or only not in {None, target.type}:
        raise _unknown("operation-unknown", "There is no such operation here. GET /metadata says which there are.")
    return methods


def _unknown(error: str, diagnostics: str) -> NotFound:
    return NotFound([Issue(code="not-supported", error=error, diagnostics=diagnostics)])
