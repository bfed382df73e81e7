"""Reading a Patient: the golden Patient of a person, one source's contribution, and their versions."""

from collections.abc import Sequence

from lhcr.record.golden import Contribution, Golden, fold, refer_to_golden
from lhcr.record.stored import Stored


def stored_patient(contributions: Sequence[Contribution], *, id: str) -> Stored | None:
    """Return what stands under the id of a Patient, given the contributions of its person that may be seen.

    The id of the first contribution that stands is the golden Patient's; any other gives that source's own demographics. None
    where no contribution that may be seen has the id.
    """
    own = next((contribution for contribution in contributions if contribution.id == id), None)
    if own is None:
        return None
    golden = fold(contributions)
    if golden is not None and golden.id == id:
        return stored_golden(golden)
    body = None if own.body is None else own.body if golden is None else refer_to_golden(own, golden.id)
    version = own.version if golden is not None else sum(each.version for each in contributions)
    return Stored(type="Patient", id=id, version=version, last_updated=own.last_updated, method=own.method, body=body)


def patient_versions(events: Sequence[Contribution], *, id: str) -> list[Stored]:
    """Return all versions under the id of a Patient, oldest first, given every version of every contribution in its order.

    The golden Patient has one version for each event of any contribution: what the contributions made together after it. It
    counts events that may not be seen too, where later ones of the same contribution may.
    """
    latest = list({event.rid: event for event in events}.values())
    golden = fold(latest)
    if golden is None or golden.id != id:
        return _own_versions([event for event in events if event.id == id], golden_id=golden.id if golden else None)
    versions, standing = [], dict[int, Contribution]()
    for event in events:
        standing[event.rid] = event
        state = fold(list(standing.values()), as_id=id)
        versions.append(
            Stored(
                type="Patient",
                id=id,
                version=sum(each.version for each in standing.values()),
                last_updated=event.last_updated,
                method=event.method,
                body=state.body if state else None,
            )
        )
    return versions


def _own_versions(events: Sequence[Contribution], *, golden_id: str | None) -> list[Stored]:
    return [
        Stored(
            type="Patient",
            id=event.id,
            version=event.version,
            last_updated=event.last_updated,
            method=event.method,
            body=event.body if event.body is None or golden_id is None else refer_to_golden(event, golden_id),
        )
        for event in events
    ]


def stored_golden(golden: Golden) -> Stored:
    return Stored(
        type="Patient",
        id=golden.id,
        version=golden.version,
        last_updated=golden.last_updated,
        method=golden.method,
        body=golden.body,
    )
