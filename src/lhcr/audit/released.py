"""A released answer: the only kind that an edge can send, made only here, once its entry in the log is durable."""

from dataclasses import InitVar, dataclass
from typing import Final

from lhcr.audit.answer import Answer

SEAL: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """An answer whose entry is in the log. Raises TypeError when anything but `lhcr.audit` tries to make one.

    The seal is not kept, so that `dataclasses.replace` cannot make another answer out of a released one.
    """

    seal: InitVar[object]
    answer: Answer

    def __post_init__(self, seal: object) -> None:
        if seal is not SEAL:
            raise TypeError("only lhcr.audit releases an answer")

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return self.answer.headers

    @property
    def body(self) -> tuple[bytes, ...]:
        return self.answer.body
