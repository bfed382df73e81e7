"""Help for people: the names of arguments and options, without the names of types of a programming language."""

import re
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup

_TYPE: Final = re.compile(r"\s<[A-Za-z\[\] ]+>")
_RANGE: Final = re.compile(r"(\d+)<=x<=(\d+)")
_BRACES: Final = str.maketrans("", "", "{}")
#: Characters of the longest first sentence that a list of commands says whole.
_SENTENCE: Final = 300


class PlainCommand(TyperCommand):
    """A command whose `--help` says `PATH...`, not `PATH... <list[Path]>`."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        return [piece.translate(_BRACES) for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        records = [(param.param_type_name, param.get_help_record(ctx)) for param in self.get_params(ctx)]
        for kind, title in (("argument", "Arguments"), ("option", "Options")):
            found = [
                (_TYPE.sub("", record[0]), _RANGE.sub(r"\1 to \2", record[1]))
                for of, record in records
                if of == kind and record
            ]
            if found:
                with formatter.section(title):
                    formatter.write_dl(found)


class PlainGroup(TyperGroup):
    """A group whose `--help` says the first sentence of each command whole, never cut off in the middle."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        named = [(name, self.commands[name]) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(_SENTENCE)) for name, command in named])
