"""The stored body: what reads will serve, byte for byte."""

from datetime import UTC, datetime, timedelta, timezone

from lhcr.fhir.json_document import read_json
from lhcr.fhir.stored_body import instant, with_meta

MOMENT = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)


def stored(body: bytes) -> bytes:
    return with_meta(read_json(body), id="p1", version=3, last_updated=MOMENT)


def test_type_id_and_meta_come_first_and_the_rest_in_the_senders_order() -> None:
    sent = b'{"gender":"other","id":"x","resourceType":"Patient","active":true,"multipleBirthInteger":2}'
    assert stored(sent) == (
        b'{"resourceType":"Patient","id":"p1","meta":{"versionId":"3","lastUpdated":"2026-01-31T12:00:00.123456Z"},'
        b'"gender":"other","active":true,"multipleBirthInteger":2}'
    )


def test_the_senders_profiles_tags_labels_and_source_are_kept_but_not_its_version_and_time() -> None:
    sent = (
        b'{"resourceType":"Patient","meta":{"lastUpdated":"2001-01-01T00:00:00Z","versionId":"9","_versionId":{},'
        b'"source":"urn:s","tag":[{"code":"t"}],"security":[{"code":"R"}],"profile":["urn:p"]}}'
    )
    assert stored(sent) == (
        b'{"resourceType":"Patient","id":"p1","meta":{"versionId":"3","lastUpdated":"2026-01-31T12:00:00.123456Z",'
        b'"source":"urn:s","tag":[{"code":"t"}],"security":[{"code":"R"}],"profile":["urn:p"]}}'
    )


def test_decimals_are_stored_as_they_were_sent() -> None:
    """Hazard: a value whose precision changes between what was sent and what is read."""
    assert stored(b'{"resourceType":"Observation","valueQuantity":{"value":1.10}}').endswith(b'{"value":1.10}}')


def test_an_instant_is_in_utc_with_microseconds_even_where_they_are_zero() -> None:
    summer = timezone(timedelta(hours=1))
    assert instant(datetime(2026, 7, 1, 0, 30, tzinfo=summer)) == "2026-06-30T23:30:00.000000Z"
