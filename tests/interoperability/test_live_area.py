"""The live area itself: two workers, reached over real sockets."""

from tests.interoperability.live_area import Caller, LiveArea


def test_two_workers_serve(live_area: LiveArea) -> None:
    assert len(set(live_area.served.pids)) == 2
    assert live_area.caller(None).get("/metadata").json()["resourceType"] == "CapabilityStatement"


def test_what_one_connection_wrote_another_reads(live_area: LiveArea, hospital: Caller) -> None:
    made = hospital.create({"resourceType": "Organization", "name": "Ward"})
    for _ in range(8):
        other = live_area.caller("hospital")
        assert other.get(f"/Organization/{made['id']}").json() == made
