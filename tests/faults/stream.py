"""A stream of creates and reads that goes on while something breaks, and a count of all that was acknowledged to it."""

import itertools
import random
import string
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from tests.interoperability import canary
from tests.interoperability.live_area import FHIR_JSON, LiveArea
from tests.interoperability.outcomes import defects_of

CALLERS: Final = 4


@dataclass
class Stream:
    """`written` maps the id of each acknowledged Observation to its version's answer and request id; `answered` are request ids of reads."""

    area: LiveArea
    patient_id: str
    # Of letters alone: ten digits in a request id may be an NHS number, which is kept nowhere.
    name: str = field(default_factory=lambda: "".join(random.choices(string.ascii_lowercase, k=8)))
    written: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    answered: list[str] = field(default_factory=list)
    refusals: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)
    stopping: bool = False

    def run(self, number: int) -> None:
        """Create and read until told to stop; a connection that breaks is opened again, as clients do."""
        headers = {"authorization": f"Bearer {self.area.tokens['hospital']}"}
        for turn in itertools.count():
            try:
                with httpx.Client(base_url=self.area.base, headers=headers, timeout=60) as client:
                    for step in itertools.count():
                        if self.stopping:
                            return
                        self._create_and_read(client, f"{self.name}.{number}.{turn}.{step}")
            except httpx.TransportError:
                self.lost += 1
                time.sleep(0.02)

    def _create_and_read(self, client: httpx.Client, name: str) -> None:
        made = self._ask(client, "POST", "/Observation", f"c.{name}", json=self._observation())
        if made is None or made.status_code != 201:
            return
        id_ = made.json()["id"]
        self.written[id_] = made.content, f"c.{name}"
        read = self._ask(client, "GET", f"/Observation/{id_}", f"r.{name}")
        if read is not None and read.status_code == 200:
            self.answered.append(f"r.{name}")
            if read.content != made.content:
                self.wrong.append(f"{id_} reads differently")

    def _ask(self, client: httpx.Client, method: str, path: str, request_id: str, **sent: Any) -> httpx.Response | None:
        began = time.monotonic()
        answer = client.request(method, path, headers={**FHIR_JSON, "x-request-id": request_id}, **sent)
        self.slowest = max(self.slowest, time.monotonic() - began)
        if answer.status_code >= 400:
            self.refusals[answer.status_code] += 1
            self.wrong += [f"{defect}: {answer.text}" for defect in defects_of(answer)]
            time.sleep(0.02)
        return answer

    def _observation(self) -> dict[str, Any]:
        about = {"reference": f"Patient/{self.patient_id}"}
        return {"resourceType": "Observation", "status": "final", "code": {"text": "Pulse"}, "subject": about}


@contextmanager
def streaming(area: LiveArea) -> Iterator[Stream]:
    """Keep a stream going while the block runs."""
    stream = Stream(area, area.caller("hospital").create(canary.patient())["id"])
    threads = [threading.Thread(target=stream.run, args=(number,)) for number in range(CALLERS)]
    for thread in threads:
        thread.start()
    try:
        yield stream
    finally:
        stream.stopping = True
        for thread in threads:
            thread.join()


def await_more(stream: Stream, more: int, *, seconds: float = 30) -> None:
    """Wait until so many more creates were acknowledged."""
    wanted, until = len(stream.written) + more, time.monotonic() + seconds
    while len(stream.written) < wanted:
        assert time.monotonic() < until, f"only {len(stream.written)} of {wanted} creates were acknowledged"
        time.sleep(0.01)
