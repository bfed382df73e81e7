"""The parser of one criterion: a parameter with its modifier and values, a chain, or a `_has`."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lhcr.fhir.search import refusals
from lhcr.fhir.search.catalogue import parameter, type_ids
from lhcr.fhir.search.escapes import split
from lhcr.fhir.search.identifiers import asks_for_identifiers, with_numbers
from lhcr.fhir.search.limits import Limits
from lhcr.fhir.search.parameter import Kind, SearchParameter
from lhcr.fhir.search.query import Chain, Criterion, Has, Hop, MissingValue, Modifier, Node, ReferenceValue, Value
from lhcr.fhir.search.value_parser import ValueParser
from lhcr.kernel.errors import Incorrect

# Defined by FHIR, and refused rather than ignored: they need a terminology, a text index or a language of their own.
UNSUPPORTED = frozenset({"_text", "_content", "_filter", "_query", "_list", "_contained", "_containedType", "_score"})
UNSUPPORTED_MODIFIERS = frozenset({"in", "not-in", "above", "below", "text", "of-type", "recurse"})
_MODIFIERS = {
    Kind.STRING: {"exact": Modifier.EXACT, "contains": Modifier.CONTAINS},
    Kind.TOKEN: {"not": Modifier.NOT},
    Kind.REFERENCE: {"identifier": Modifier.IDENTIFIER},
}
# Every resource has these, so that asking whether they are missing has one answer.
_NEVER_MISSING = frozenset({"_id", "_lastUpdated"})


@dataclass(slots=True)
class CriterionParser:
    """Reads criteria of one query; counts the hops that its ambiguous chains expand to."""

    values: ValueParser
    limits: Limits
    _hops: int = field(default=0, init=False)

    def criterion(self, types: tuple[str, ...], name: str, text: str, depth: int = 0) -> Node:
        """Read `name=text` as asked of resources of `types` (all where empty). Incorrect."""
        if depth > self.limits.chain:
            raise refusals.too_much(name, f"at most {self.limits.chain} references may be chained")
        if name.startswith("_has:"):
            return self._has(types, name, text, depth)
        head, dot, rest = name.partition(".")
        code, colon, modifier = head.partition(":")
        parameters = parameters_for(types, code)
        if dot:
            return self._chain(parameters, modifier if colon else None, rest, text, depth)
        return self._leaf(parameters, name, modifier if colon else None, text)

    def _has(self, types: tuple[str, ...], name: str, text: str, depth: int) -> Has:
        parts = name.split(":", 3)
        if len(parts) < 4 or not parts[3]:
            raise refusals.invalid("_has", "the form is `_has:Type:parameter:criterion`")
        _, source, code, rest = parts
        if source not in type_ids():
            raise refusals.unknown("_has", "the type after `_has:` is not one of FHIR R4")
        (found,) = parameters_for((source,), code)
        if found.kind is not Kind.REFERENCE or not refers_to(found, types):
            raise refusals.unknown("_has", f"`{code}` of {source} does not refer to the searched type")
        return Has(parameter=found, criterion=self.criterion((source,), rest, text, depth + 1))

    def _chain(
        self, parameters: tuple[SearchParameter, ...], asked: str | None, rest: str, text: str, depth: int
    ) -> Chain:
        code = parameters[0].code
        if parameters[0].kind is not Kind.REFERENCE:
            raise refusals.invalid(code, "only a reference can be chained")
        targets = dict.fromkeys(target for found in parameters for target in found.targets)
        if asked is not None:
            if asked not in targets:
                raise refusals.invalid(code, "it does not refer to the type named after `:`")
            targets = {asked: None}
        hops = self._hops_to(targets, code, rest, text, depth)
        return Chain(parameters=parameters, hops=hops, typed=asked is not None)

    def _hops_to(self, targets: Iterable[str], code: str, rest: str, text: str, depth: int) -> tuple[Hop, ...]:
        hops = []
        for target in targets:
            try:
                hops.append(Hop(target=target, criterion=self.criterion((target,), rest, text, depth + 1)))
            except Incorrect as error:
                if not refusals.is_unknown(error):
                    raise
        self._hops += len(hops)
        if self._hops > self.limits.hops:
            raise refusals.too_much(code, "the chain is ambiguous: name the type, as in `subject:Patient.name`")
        if not hops:
            raise refusals.unknown(code, "what it refers to has no such search parameter")
        if len({shape(hop.criterion) for hop in hops}) > 1:
            raise refusals.invalid(code, "the chain means different things for different types: name the type")
        return tuple(hops)

    def _leaf(self, parameters: tuple[SearchParameter, ...], name: str, asked: str | None, text: str) -> Criterion:
        kind = parameters[0].kind
        if asked == "missing" and parameters[0].code not in _NEVER_MISSING:
            return Criterion(parameters=parameters, values=(_missing(name, text),), modifier=Modifier.MISSING)
        modifier = _MODIFIERS.get(kind, {}).get(asked or "")
        as_type = asked if asked is not None and modifier is None and kind is Kind.REFERENCE else None
        if asked is not None and modifier is None and as_type not in type_ids():
            raise _refused_modifier(name, asked)
        if as_type is not None and not any(as_type in found.targets for found in parameters):
            raise refusals.invalid(name, "it does not refer to that type")
        read = [self._value(parameters, name, part, modifier, as_type) for part in self._alternatives(name, text)]
        values = with_numbers(read) if asks_for_identifiers(parameters[0].code, modifier) else read
        return Criterion(parameters=parameters, values=tuple(dict.fromkeys(values)), modifier=modifier)

    def _alternatives(self, name: str, text: str) -> list[str]:
        parts = split(text, ",")
        if len(parts) > self.limits.values:
            raise refusals.too_much(name, f"at most {self.limits.values} values may be given")
        return parts

    def _value(
        self,
        parameters: tuple[SearchParameter, ...],
        name: str,
        text: str,
        modifier: Modifier | None,
        as_type: str | None,
    ) -> Value:
        try:
            if modifier is Modifier.IDENTIFIER:
                return self.values.token(text)
            if parameters[0].kind is Kind.REFERENCE:
                return self._reference(parameters, text, as_type)
            return self.values.value(parameters[0], text)
        except ValueError as error:
            raise refusals.invalid(name, str(error)) from error

    def _reference(self, parameters: tuple[SearchParameter, ...], text: str, as_type: str | None) -> ReferenceValue:
        targets = tuple(dict.fromkeys(target for found in parameters for target in found.targets))
        return self.values.reference(targets if as_type is None else (as_type,), text)


def parameters_for(types: tuple[str, ...], code: str) -> tuple[SearchParameter, ...]:
    """Find a code's parameter of each type, all of one kind. Incorrect."""
    if code in UNSUPPORTED:
        raise refusals.unsupported(code, "this server does not do it")
    found = tuple(each for name in types or type_ids() if (each := parameter(name, code)) is not None)
    if len(found) < len(types or type_ids()):
        where = ", ".join(types) if types and len(types) <= 3 else "every searched type"
        raise refusals.unknown(code, f"it is not a search parameter of {where}")
    if len({each.kind for each in found}) > 1:
        raise refusals.invalid(code, "it is of different kinds in the searched types")
    return found


def refers_to(found: SearchParameter, types: tuple[str, ...]) -> bool:
    """Say whether a reference parameter may refer to one of the types (to any where none is given)."""
    return not types or any(name in found.targets for name in types)


def shape(node: Node) -> tuple[object, ...]:
    """Give what must be alike in the branches of an ambiguous chain: the kinds that its values were read as."""
    if isinstance(node, Criterion):
        return (node.parameters[0].kind, node.modifier)
    if isinstance(node, Has):
        return ("has", node.parameter.id, shape(node.criterion))
    return ("chain", shape(node.hops[0].criterion))


def _missing(name: str, text: str) -> MissingValue:
    if text not in {"true", "false"}:
        raise refusals.invalid(name, "the value must be true or false")
    return MissingValue(missing=text == "true")


def _refused_modifier(name: str, asked: str) -> Incorrect:
    if asked in UNSUPPORTED_MODIFIERS:
        return refusals.bad_modifier(name, "this server does not do the modifier")
    return refusals.bad_modifier(name, "the parameter has no such modifier")
