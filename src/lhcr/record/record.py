"""The record of one worker: the one door to clinical data, made once in `lhcr.parts`."""

from dataclasses import dataclass

from lhcr.access.classes import AccessClasses
from lhcr.access.decide import Gate
from lhcr.access.policy import Policy
from lhcr.access.request import NOBODY, SOMEBODY_UNKNOWN, UNKNOWN, About, PatientName
from lhcr.audit.log import AuditLog
from lhcr.fhir.search.catalogue import type_id
from lhcr.fhir.search.homes import HomeKind, home
from lhcr.identity.area_settings import read_setting
from lhcr.kernel.clock import Clock
from lhcr.kernel.ids import RouteCipher
from lhcr.kernel.json_types import JsonObject
from lhcr.nhs.nhs_number import NhsNumber
from lhcr.nhs.systems import NHS_NUMBER
from lhcr.record.batch_rows import RowBuilder
from lhcr.record.claiming import holders_of
from lhcr.record.conditions import Conditions
from lhcr.record.current import Current
from lhcr.record.dispute import Disputes
from lhcr.record.entry_order import Ordering
from lhcr.record.everything import Everything
from lhcr.record.given_orders import GivenOrders
from lhcr.record.history import History
from lhcr.record.identity_claim import NATIONAL, IdentityClaim
from lhcr.record.later_labels import LaterLabels
from lhcr.record.links import LinkReader
from lhcr.record.merge_transaction import MergeTransactions
from lhcr.record.merging import Merging
from lhcr.record.named_organisations import NamedOrganisations
from lhcr.record.naming import naming_of
from lhcr.record.organisations import Organisations
from lhcr.record.own_choices import Choosing
from lhcr.record.patient_rows import AreaKin
from lhcr.record.persons import DIRECTORY, Persons
from lhcr.record.quotes_in_sight import QuotesInSight
from lhcr.record.reading import Reading
from lhcr.record.removal import Removal
from lhcr.record.removed_names import RemovedNames
from lhcr.record.restriction_of_processing import RestrictionOfProcessing
from lhcr.record.retention import Retention
from lhcr.record.retention_policy import RETENTION_POLICY, read_retention_policy
from lhcr.record.sql import STATEMENTS
from lhcr.record.taken_labels import TakenLabels
from lhcr.record.unmerging import Unmerging
from lhcr.record.used_meta import UsedMeta
from lhcr.record.writing import Writing
from lhcr.store.code_systems import CodeSystems
from lhcr.store.database import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordGround:
    """What a worker's record stands on. `pool` serves the record; `side_pool` serves what a write needs before it has its own connection.

    `base` is the address of the FHIR API, `area` what the area calls itself.
    """

    pool: Pool
    side_pool: Pool
    gate: Gate
    log: AuditLog
    classes: AccessClasses
    policy: Policy
    clock: Clock
    routes: RouteCipher
    base: str
    area: str = "The area"


class Record:
    """Each of its parts takes a decision: `reading`, `history`, `everything`, `used_meta`, `writing`, of orders `orders`, `removal`,
    `processing`, `merging` and `unmerging`, and `disputes` and `choosing`. `whose`, `whose_number` and `subject_of` find out about whom to ask for one,
    and tell nothing else.
    """

    def __init__(self, ground: RecordGround) -> None:
        self._pool, self._classes = ground.pool, ground.classes
        self._persons, self._links = Persons(ground.routes), LinkReader(ground.base)
        self._read(ground, Current(ground.gate))
        removed = RemovedNames(ground.side_pool)
        self._take_orders(ground, removed)
        systems = CodeSystems(ground.side_pool)
        builder = RowBuilder(classes=ground.classes, systems=systems, policy=ground.policy)
        self.disputes = _disputes(ground, builder, reading=self.reading)
        self.choosing = _choosing(ground, builder, systems)
        self.writing = self._writing(ground, builder, systems, removed)

    def _read(self, ground: RecordGround, current: Current) -> None:
        pool, log, clock = ground.pool, ground.log, ground.clock
        self._current = current
        quotes = QuotesInSight(ground.routes.person_of)
        self.reading = Reading(pool=pool, log=log, clock=clock, current=current, quotes=quotes)
        self.history = History(pool=pool, log=log, clock=clock, current=current, quotes=quotes)
        self.everything = Everything(pool=pool, log=log, clock=clock, current=current, routes=ground.routes)
        self.used_meta = UsedMeta(pool=pool, log=log, clock=clock, current=current)

    def _take_orders(self, ground: RecordGround, removed: RemovedNames) -> None:
        self._ordering = Ordering(pool=ground.side_pool, log=ground.log, clock=ground.clock)
        self.orders = GivenOrders(self._ordering)
        transactions = MergeTransactions(
            pool=ground.side_pool, log=ground.log, clock=ground.clock, classes=ground.classes
        )
        self.merging = Merging(transactions)
        self.unmerging = Unmerging(transactions, reader=self._links)
        self.removal = Removal(self._ordering, persons=self._persons, names=removed)
        self.processing = RestrictionOfProcessing(self._ordering, persons=self._persons, classes=ground.classes)

    def _writing(
        self, ground: RecordGround, builder: RowBuilder, systems: CodeSystems, removed: RemovedNames
    ) -> Writing:
        return Writing(
            pool=ground.pool,
            log=ground.log,
            clock=ground.clock,
            routes=ground.routes,
            reader=self._links,
            builder=builder,
            organisations=Organisations(pool=ground.side_pool, systems=systems, reader=self._links),
            kin=AreaKin(ground.side_pool),
            conditions=Conditions(persons=self._persons, systems=systems, clock=ground.clock, base=ground.base),
            current=self._current,
            policy=ground.policy,
            removed=removed,
            later=self._later(ground),
        )

    def _later(self, ground: RecordGround) -> LaterLabels:
        classes, reader, policy = ground.classes, self._links, ground.policy
        taken = TakenLabels(classes=classes, reader=reader, policy=policy, persons=self._persons)
        return LaterLabels(classes=classes, reader=reader, policy=policy, taken=taken)

    async def retention(self) -> Retention:
        """Return retention by the area's policy as it stands. Raises Incorrect where that cannot be read."""
        policy = read_retention_policy(await read_setting(self._ordering.pool, RETENTION_POLICY))
        return Retention(self._ordering, persons=self._persons, removal=self.removal, policy=policy)

    async def close(self) -> None:
        """Wait for what goes on without its caller: before the log and the pools are closed, which it needs."""
        await self.writing.close()

    async def whose(self, *, type: str, id: str) -> int | None:
        """Return the person with whom an id is at home, a negative bucket of the shelf, 0 for the directory, None for nobody.

        A server-assigned id of a Patient leads to its person whether or not it exists there: what is asked of it is refused or not
        found like any other.
        """
        if home(type).kind is HomeKind.DIRECTORY:
            return DIRECTORY
        routed = self._persons.routed(id)
        if routed is not None:
            return routed
        key = (type_id(type), id)
        located = await self._persons.locate(self._pool, [key])
        return located[key].person_id if key in located else None

    async def whose_number(self, number: NhsNumber) -> int | None:
        """Return the person who holds an NHS number, None for nobody. A placeholder is nobody's."""
        if number.is_placeholder:
            return None
        holders = await holders_of(self._pool, [IdentityClaim(NATIONAL, NHS_NUMBER, number.value)])
        return next(iter(holders.values()), None)

    async def patients_of(self, person_id: int) -> tuple[str, ...]:
        """Return the ids of all Patients that a person has or had, hidden ones too: for a search alone, never to be told."""
        rows = await self._pool.fetch(STATEMENTS["known_patients"], person_id, type_id("Patient"))
        return tuple(row["id"] for row in rows)

    def goes_on_in(self, person_id: int) -> int:
        """Return in whose record that of a person goes on, the person's own where they were not merged."""
        return self._classes.table.survivors.get(person_id, person_id)

    def source_of(self, class_id: int) -> str:
        """Return the ODS code of the organisation that contributed rows of an access class; empty where it is not known yet."""
        return self._classes.table.ods_of(class_id)

    async def patient_name(self, id: str) -> PatientName:
        """Return what the id of a Patient names: as `whose`, but UNKNOWN for nobody, and whose choice the id was."""
        routed = self._persons.routed(id)
        if routed is not None:
            return PatientName(id=id, person=routed)
        key = (type_id("Patient"), id)
        located = (await self._persons.locate(self._pool, [key])).get(key)
        if located is None:
            return PatientName(id=id, person=UNKNOWN)
        return PatientName(id=id, person=located.person_id, chosen_by=located.source_id)

    async def subject_of(self, resource: JsonObject) -> About:
        """Return whom a new resource is about: nobody (or a new Patient), or UNKNOWN for somebody who is not here.

        Nobody also where only the write itself will tell, by a search, a source's own number or another entry: it asks again then.
        """
        if home(resource["resourceType"]).kind is not HomeKind.PERSON or resource["resourceType"] == "Patient":
            return NOBODY
        naming = naming_of(resource, source_id=NATIONAL, entry_type=_no_entry)
        if naming is None:
            return NOBODY
        if naming.reference is None:
            numbers = [claim for claim in naming.claims if claim.system == NHS_NUMBER]
            found = await holders_of(self._pool, numbers) if numbers else {}
            return About(next(iter(found.values()), UNKNOWN)) if numbers else NOBODY
        key = self._links.key(naming.reference)
        if key is None:
            return SOMEBODY_UNKNOWN
        name = await self.patient_name(key[1])
        return About(name.person, name)


def _no_entry(_: str) -> str | None:
    return None


def _disputes(ground: RecordGround, builder: RowBuilder, *, reading: Reading) -> Disputes:
    return Disputes(
        pool=ground.pool,
        log=ground.log,
        clock=ground.clock,
        builder=builder,
        routes=ground.routes,
        reading=reading,
        area=ground.area,
    )


def _choosing(ground: RecordGround, builder: RowBuilder, systems: CodeSystems) -> Choosing:
    return Choosing(
        pool=ground.pool,
        log=ground.log,
        clock=ground.clock,
        builder=builder,
        routes=ground.routes,
        classes=ground.classes,
        organisations=NamedOrganisations(pool=ground.side_pool, systems=systems),
        policy=ground.policy,
        area=ground.area,
    )
