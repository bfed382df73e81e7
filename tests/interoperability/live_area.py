"""A live area: two real worker processes over a real database, and those who ask it over real sockets."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
from tests.interoperability import canary
from tests.interoperability.apart import run_apart
from tests.interoperability.bearers import issue_tokens
from tests.interoperability.served import Served, listen_anywhere

from lhcr.kernel.settings import Settings

FHIR_JSON: Final = {"content-type": "application/fhir+json"}
_ROWS: Final = """
    SELECT (SELECT count(*) FROM resource) + (SELECT count(*) FROM resource_history)
         + (SELECT count(*) FROM directory_resource) + (SELECT count(*) FROM person)"""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a token, or nobody, who asks with plain HTTP."""

    client: httpx.Client

    def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        return self.client.request(method, path, **sent)

    def get(self, path: str, **sent: Any) -> httpx.Response:
        return self.ask("GET", path, **sent)

    def send(self, method: str, path: str, resource: Any, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask(method, path, json=resource, headers={**FHIR_JSON, **named})

    def create(self, resource: Mapping[str, Any]) -> dict[str, Any]:
        response = self.send("POST", f"/{resource['resourceType']}", resource)
        assert response.status_code == 201, response.text
        made: dict[str, Any] = response.json()
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveArea:
    port: int
    dsn: str
    log: Path
    tokens: Mapping[str, str]
    served: Served
    clients: contextlib.ExitStack

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/fhir"

    def caller(self, bearer: str | None, **headers: str) -> Caller:
        authorization = {} if bearer is None else {"authorization": f"Bearer {self.tokens[bearer]}"}
        client = httpx.Client(base_url=self.base, headers={**authorization, **headers}, timeout=60)
        return Caller(self.clients.enter_context(client))

    def rows(self, statement: str, *values: object) -> list[Any]:
        """Return the rows of a statement, run beside the workers."""
        return self.served.rows(statement, *values)

    def row_count(self) -> int:
        """Return how many rows of the record there are: what a refused request must not change."""
        return int(self.rows(_ROWS)[0][0])

    def resident_megabytes(self) -> float:
        """The resident memory of the larger worker now."""
        return max(_resident_kilobytes(pid) for pid in self.served.pids) / 1024

    def written(self) -> str:
        """Return what the workers have written to their outputs."""
        return self.log.read_text(encoding="utf-8", errors="replace")


def _resident_kilobytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


@contextlib.contextmanager
def running_live_area(dsn: str, **settings: Any) -> Iterator[LiveArea]:
    """Serve a migrated database until the block ends. Hazard: person data in logs, so every area's logs are looked through."""
    with tempfile.TemporaryDirectory(prefix="lhcr-live-") as folder, contextlib.ExitStack() as clients:
        listener, port = listen_anywhere()
        base_url = f"http://127.0.0.1:{port}"
        tokens = run_apart(issue_tokens(dsn, base_url))
        log = Path(folder) / "workers.log"
        log.touch()
        made = Settings(_env_file=None, base_url=base_url, **settings)  # type: ignore[call-arg]
        served = Served(dsn, made, listener, workers=2, log=log)
        try:
            served.start()
            area = LiveArea(port=port, dsn=dsn, log=log, tokens=tokens, served=served, clients=clients)
            yield area
        finally:
            served.stop()
        found = canary.traces_in(area.written())
        assert found == [], f"the outputs of the workers hold {found}"
