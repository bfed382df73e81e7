"""FHIRPath as search parameters use it: a parser from the text of an expression to a small tree.

Search parameters of R4 use a corner of FHIRPath: paths, unions, `as` and `ofType`, `where` with one condition, an index,
`extension`, and one Boolean expression. Anything else raises `FhirPathError`, because an expression that is half understood
would silently find too little.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias


class FhirPathError(ValueError):
    """An expression that this compiler does not understand: a defect of the data, found when it is compiled."""


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class As:
    type: str


@dataclass(frozen=True, slots=True)
class Index:
    position: int


@dataclass(frozen=True, slots=True)
class Extension:
    url: str


@dataclass(frozen=True, slots=True)
class WhereEquals:
    """Only nodes whose child `name` equals `literal`."""

    name: str
    literal: str


@dataclass(frozen=True, slots=True)
class WhereResolves:
    """Only references to a resource of `type`."""

    type: str


@dataclass(frozen=True, slots=True)
class WhereExtended:
    """Only nodes with an extension of `url`."""

    url: str


Step: TypeAlias = Name | As | Index | Extension | WhereEquals | WhereResolves | WhereExtended


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from the context, or from the resource itself where `from_resource`."""

    steps: tuple[Step, ...]
    from_resource: bool = False


@dataclass(frozen=True, slots=True)
class Union:
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class ExistsAndNotFalse:
    """`X.exists() and X != false`: one Boolean, true where the element is there and is not false."""

    path: Path


Expression: TypeAlias = Union | ExistsAndNotFalse

_TOKEN = re.compile(r"\s*(?:(%?[A-Za-z][A-Za-z0-9]*)|('(?:[^'\\])*')|([0-9]+)|(!=|[.()\[\]|=]))")


def tokens_of(text: str) -> list[str]:
    found = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise FhirPathError(f"unknown token in {text!r} at {position}")
        found.append(match.group().strip())
        position = match.end()
    return found


def parse(text: str) -> Expression:
    """Read a whole expression."""
    parser = _Parser(tokens_of(text))
    try:
        expression = parser.expression()
    except IndexError as error:
        raise FhirPathError(f"unexpected end of {text!r}") from error
    if parser.rest:
        raise FhirPathError(f"cannot read {parser.rest[:3]} in {text!r}")
    return expression


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self.rest = tokens

    def expression(self) -> Expression:
        paths = [self._typed_path()]
        while self._accept("|"):
            paths.append(self._typed_path())
        if self._accept("and"):
            return self._exists_and_not_false(paths)
        return Union(tuple(self._without_exists(path) for path in paths))

    def _exists_and_not_false(self, left: list[Path]) -> ExistsAndNotFalse:
        right = self._typed_path()
        self._expect("!=")
        self._expect("false")
        if len(left) != 1 or left[0] != Path((*right.steps, _EXISTS), right.from_resource):
            raise FhirPathError("only `X.exists() and X != false` is understood of Boolean expressions")
        return ExistsAndNotFalse(right)

    def _without_exists(self, path: Path) -> Path:
        if _EXISTS in path.steps:
            raise FhirPathError("exists() alone is not understood")
        return path

    def _typed_path(self) -> Path:
        path = self._path()
        if self._accept("as"):
            return Path((*path.steps, As(self._word())), path.from_resource)
        return path

    def _path(self) -> Path:
        path = self._start()
        while True:
            if self._accept("."):
                path = Path((*path.steps, self._step()), path.from_resource)
            elif self._accept("["):
                path = Path((*path.steps, Index(self._number())), path.from_resource)
                self._expect("]")
            else:
                return path

    def _start(self) -> Path:
        if self._accept("("):
            inner = self._typed_path()
            self._expect(")")
            return inner
        if self._accept("%resource"):
            return Path((), from_resource=True)
        return Path((self._step(),))

    def _step(self) -> Step:
        word = self._word()
        if not self._accept("("):
            return Name(word)
        step = self._function(word)
        self._expect(")")
        return step

    def _function(self, word: str) -> Step:
        if word in {"as", "ofType"}:
            return As(self._word())
        if word == "extension":
            return Extension(self._string())
        if word == "where":
            return self._condition()
        if word == "exists":
            return _EXISTS
        raise FhirPathError(f"function {word}() is not understood")

    def _condition(self) -> Step:
        word = self._word()
        if self._accept("="):
            return WhereEquals(word, self._string())
        self._expect("(")
        if word == "resolve":
            self._expect(")")
            self._expect("is")
            return WhereResolves(self._word())
        if word == "hasExtension":
            condition = WhereExtended(self._string())
            self._expect(")")
            return condition
        raise FhirPathError(f"condition {word}() is not understood")

    def _accept(self, token: str) -> bool:
        if self.rest and self.rest[0] == token:
            self.rest = self.rest[1:]
            return True
        return False

    def _expect(self, token: str) -> None:
        if not self._accept(token):
            raise FhirPathError(f"expected {token} before {self.rest[:3]}")

    def _take(self) -> str:
        token, self.rest = self.rest[0], self.rest[1:]
        return token

    def _word(self) -> str:
        token = self._take()
        if not token.isalnum() or token[0].isdigit():
            raise FhirPathError(f"expected a name, found {token!r}")
        return token

    def _number(self) -> int:
        token = self._take()
        if not token.isdigit():
            raise FhirPathError(f"expected a number, found {token!r}")
        return int(token)

    def _string(self) -> str:
        token = self._take()
        if not token.startswith("'"):
            raise FhirPathError(f"expected a string, found {token!r}")
        return token[1:-1]


# Stands for exists() while parsing; no name of an element holds parentheses, so it cannot be confused with one.
_EXISTS = Name("exists()")
