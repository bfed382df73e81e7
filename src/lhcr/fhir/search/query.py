"""A search query: the typed tree that the store compiles to SQL (FHIR R4 3.1.1).

A `SearchQuery` selects the resources of `types` that fulfil every one of its `criteria`. A criterion is one of three:

- `Criterion`: the resource itself has one of `values` under the parameter;
- `Chain`: the resource refers, through the parameter, to a resource that fulfils a further criterion (`subject:Patient.name=x`);
- `Has`: a resource of another type that fulfils a further criterion refers to it (`_has:Observation:patient:code=x`).

`parameters` always holds one parameter for each searched type, all with the same code and kind; a search of one type has
exactly one. Their `rows` are the parameter ids that search rows carry for them: usually the parameter's own `id`, but some
are answered by the rows of others, so compile `param = ANY(rows)` and never use `id`. Rows of `_id` and `_lastUpdated` do not exist: the store answers them
from the resource's own columns. A parameter with `home` has no reference rows for Patients: the row's person answers it.

Intervals (dates, numbers, quantities) are closed at both ends, in the query and in the rows, so that one table of
comparisons serves them all, with `q` for the query's and `r` for the row's interval:

    eq  q.low <= r.low and r.high <= q.high        ne  not eq (of a row that exists)
    gt  r.high > q.high                            lt  r.low < q.low
    ge  r.high > q.high or eq                      le  r.low < q.low or eq
    sa  r.low > q.high                             eb  r.high < q.low
    ap  r.low <= q.high and q.low <= r.high        (the parser has already widened q)

Dates are microseconds since 1970-01-01 UTC as int; `2020` is the interval of that year. Numbers and quantities are floats;
`eq`, `ne` and `ap` carry the interval of the number's implicit precision (`100` is 99.5 to just under 100.5), the other
prefixes the plain value at both ends, as FHIR asks. `ge` and `le` are therefore plain comparisons for rows with low = high.
"""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from lhcr.fhir.search.parameter import SearchParameter


class Prefix(Enum):
    EQ = "eq"
    NE = "ne"
    GT = "gt"
    LT = "lt"
    GE = "ge"
    LE = "le"
    SA = "sa"
    EB = "eb"
    AP = "ap"


class Modifier(Enum):
    """What a criterion asks beyond its kind's usual match. A `:Type` modifier is not here: it is the type of the values.

    MISSING: the only value is a `MissingValue`. NOT (token): resources for which *no* row matches any of the values, also those
    without rows. EXACT and CONTAINS (string): on the text as written, and on the folded text. IDENTIFIER (reference): the
    values are `TokenValue`s on the logical identifier of the reference.
    """

    MISSING = "missing"
    NOT = "not"
    EXACT = "exact"
    CONTAINS = "contains"
    IDENTIFIER = "identifier"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenValue:
    """`system` None: any system, "" : a token without a system (`|code`). `code` None: any code of the system (`system|`)."""

    system: str | None
    code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StringValue:
    """`folded` is `text` without case, accents and runs of space: rows match that begin with it (or contain it)."""

    text: str
    folded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DateValue:
    """`low` and `high`: closed interval in microseconds since 1970 UTC. `literal`: the value as asked, without prefix."""

    prefix: Prefix
    low: int
    high: int
    literal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberValue:
    prefix: Prefix
    low: float
    high: float
    literal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityValue:
    """A number with a unit. `system` and `code` None: any unit. `system` None with a `code` (`5.4||mg`): rows whose code *or*
    unit is that text. Units are compared as written, never converted: a wrong conversion would mangle a dose.
    """

    prefix: Prefix
    low: float
    high: float
    literal: str
    system: str | None
    code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceValue:
    """A resource referred to.

    `types` are the resource types that it may have, one or several (`subject=123` may be a Patient or a Group); empty where `id`
    is a whole URL whose type cannot be told. `id` is the logical id, or the whole URL of an absolute or canonical
    reference (then `absolute`). `version` None: any version.
    """

    types: tuple[str, ...]
    id: str
    version: str | None = None
    absolute: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UriValue:
    uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompositeValue:
    """One value for each component, in the parameter's order; all must hold of one and the same row."""

    components: tuple["SimpleValue", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionValue:
    """Within `distance` metres of a point in degrees (WGS 84)."""

    latitude: float
    longitude: float
    distance: float
    literal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingValue:
    """True: resources without any row of the parameter; False: resources with at least one."""

    missing: bool


SimpleValue: TypeAlias = TokenValue | StringValue | DateValue | NumberValue | QuantityValue | ReferenceValue | UriValue
Value: TypeAlias = SimpleValue | CompositeValue | PositionValue | MissingValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One of `values` holds (OR). With Prefix.NE or Modifier.NOT the meaning is stated there."""

    parameters: tuple[SearchParameter, ...]
    values: tuple[Value, ...]
    modifier: Modifier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """Through a reference to a resource of type `target`, which must fulfil `criterion`."""

    target: str
    criterion: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A reference through one of `parameters` that fulfils one of `hops` (OR). `typed` says whether the query named the type."""

    parameters: tuple[SearchParameter, ...]
    hops: tuple[Hop, ...]
    typed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Has:
    """A resource of `parameter.type` refers to this one through `parameter` and fulfils `criterion`."""

    parameter: SearchParameter
    criterion: "Node"


Node: TypeAlias = Criterion | Chain | Has


@dataclass(frozen=True, slots=True, kw_only=True)
class SortKey:
    """Order by `parameters` (as in a criterion); a row's lowest value counts ascending, its highest descending."""

    parameters: tuple[SearchParameter, ...]
    descending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Include:
    """Resources to add to the page.

    Forward (`_include`): what resources of the parameters' types refer to through them. Reverse (`_revinclude`): resources of the
    parameters' types that refer to a match through them. `target` None: any type. `iterate`: also from included
    resources. `literal` is the value as asked.
    """

    parameters: tuple[SearchParameter, ...]
    target: str | None
    iterate: bool
    literal: str


class Total(Enum):
    NONE = "none"
    ESTIMATE = "estimate"
    ACCURATE = "accurate"


class Summary(Enum):
    TRUE = "true"
    TEXT = "text"
    DATA = "data"
    COUNT = "count"
    FALSE = "false"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """A whole query. `types` empty: every type (a search of the whole system or of a whole compartment).

    `count` None: the server's usual page. `paging` holds `_cursor` and `_page` as they came: opaque here.
    """

    types: tuple[str, ...]
    criteria: tuple[Node, ...] = ()
    sort: tuple[SortKey, ...] = ()
    count: int | None = None
    total: Total | None = None
    summary: Summary | None = None
    elements: tuple[str, ...] = ()
    includes: tuple[Include, ...] = ()
    reverse_includes: tuple[Include, ...] = ()
    paging: tuple[tuple[str, str], ...] = ()
