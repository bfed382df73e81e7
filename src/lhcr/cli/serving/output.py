"""The output of a worker: one JSON object a line, for whatever keeps it, or lines for a person where it is a terminal.

Hazard: what an error says of itself may quote a row. Of each only its kind and places are told, whoever met it.
"""

import logging
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_MOST_FRAMES: Final = 40
_Told = tuple[type[BaseException], BaseException, TracebackType | None]


def write_output(stream: TextIO) -> None:
    """Have everything that this process logs written to a stream in one form. Each line says its time (UTC), level, logger and event."""
    shared = _shared()
    # structlog's own default prints; here both ways of logging meet in the standard library's handler.
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(stream)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # What comes from the libraries is told where something is wrong.
    for name in ("asyncio", "httpx", "httpcore", "uvicorn", "asyncpg"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    sys.excepthook = _last_word


def _shared() -> Sequence[Processor]:
    return (
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _kind_and_places,
    )


def _renderer(stream: TextIO) -> Processor:
    if stream.isatty():
        return structlog.dev.ConsoleRenderer(colors=False, timestamp_key="time")
    return structlog.processors.JSONRenderer(sort_keys=True)


def _kind_and_places(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Put the kind of an error and where it went in the place of all that it says."""
    told = event.pop("exc_info", None)
    event.pop("stack_info", None)
    found = _told(told)
    if found is not None:
        event.setdefault("error", found[0].__name__)
        event.setdefault("frames", _frames(found[2]))
    record = event.get("_record")
    if event.get("logger") == "asyncio":
        # Behind its first line stands the task with what its error says of itself.
        event["event"] = str(event["event"]).partition("\n")[0]
    if isinstance(record, logging.LogRecord):
        # The standard library's formatter would append what it finds here.
        record.exc_info = record.exc_text = record.stack_info = None
    return event


def _told(told: object) -> _Told | None:
    if isinstance(told, BaseException):
        return type(told), told, told.__traceback__
    if isinstance(told, tuple) and len(told) == 3 and told[0] is not None:
        return told
    current = sys.exc_info() if told else (None, None, None)
    return None if current[0] is None else current


def _frames(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-_MOST_FRAMES:]
    return [f"{Path(each.filename).name}:{each.lineno}" for each in frames]


def _last_word(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("lhcr").critical("worker-failed", exc_info=(kind, error, trace))
