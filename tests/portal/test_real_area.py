"""The portal over a real area: the demonstration written through its API, found by trace, read through the one door."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import httpx
import pytest
from starlette.applications import Starlette

from lhcr.access.agreement_file import read_agreements
from lhcr.access.agreement_list import replace_agreements
from lhcr.access.policy_change import PolicyChanges
from lhcr.app import App, build_app
from lhcr.audit.query_mask import QueryMask
from lhcr.audit.reader import LogReader
from lhcr.cli.database import connect
from lhcr.demo.access_policy import ACCESS_POLICY
from lhcr.demo.generate import generate
from lhcr.demo.organisations import BY_ODS
from lhcr.demo.people import BY_KEY, DEMO_PEOPLE
from lhcr.demo.persona_claims import persona_claims
from lhcr.demo.personas import BY_NAME
from lhcr.fhir.json_document import write_json
from lhcr.fhir_api.trace import TraceLimit
from lhcr.identity.area_settings import ACCESS_POLICY as ACCESS_POLICY_SETTING
from lhcr.identity.area_settings import setting_made_once
from lhcr.identity.principal import Principal, PrincipalKind
from lhcr.kernel.errors import Issue, Unauthenticated
from lhcr.kernel.settings import Settings
from lhcr.nhs.purposes import Purpose
from lhcr.nhs.roles import Role, activities_of
from lhcr.pages import make_explanations
from lhcr.parts import Parts
from lhcr.portal.access_log import StoredAccessHistory
from lhcr.portal.alert_queue import StoredAlerts
from lhcr.portal.disputing import StoredDisputing
from lhcr.portal.make_privacy_office import make_privacy_office
from lhcr.portal.openings import StoredOpenings
from lhcr.portal.own_records import OwnRecords
from lhcr.portal.pages.parts import Portal
from lhcr.portal.person_trace import PersonTrace
from lhcr.portal.portal import make_portal
from lhcr.portal.ports import DemoPersonCard, PersonaCard, SignedIn
from lhcr.portal.record_keys import RecordKeys
from lhcr.portal.rendering import Look, Renderer
from lhcr.portal.sharing_choices import StoredSharingChoices
from lhcr.portal.stored_records import StoredRecords
from lhcr.portal.traced_people import TracedPeople
from lhcr.views.sections.table import SectionTable, load_sections

FOREVER = datetime(2100, 1, 1, tzinfo=UTC)
GP = Principal(
    user_id="gp",
    name="Dr Amina Farouk",
    kind=PrincipalKind.PROFESSIONAL,
    role_code=Role.CLINICAL_PRACTITIONER.code,
    role_display="Doctor",
    activities=activities_of(Role.CLINICAL_PRACTITIONER),
    organisation="A81001",
    organisation_name="Aldermere Surgery",
    person_nhs_number=None,
    purposes=(Purpose.TREATMENT,),
    purpose=Purpose.TREATMENT,
    scopes=(),
    token_id="gp",
    expires=FOREVER,
)


def _persona(name: str) -> Principal:
    return persona_claims(BY_NAME[name]).principal(token_id=name, expires=FOREVER)


def number(key: str) -> str:
    return BY_KEY[key].person.nhs_number.display


PEOPLE = {
    "gp": GP,
    "receptionist": replace(
        GP, user_id="desk", role_code="R8009", activities=activities_of(Role.RECEPTIONIST), token_id="desk"
    ),
    **{name: _persona(name) for name in ("patient", "carer", "pharmacist", "privacy-officer", "operator")},
    "child": replace(_persona("patient"), person_nhs_number=number("child").replace(" ", ""), token_id="child"),
    "namesake": replace(
        _persona("patient"), person_nhs_number=number("same-name-2").replace(" ", ""), token_id="namesake"
    ),
    "restricted": replace(
        _persona("patient"), person_nhs_number=number("restricted-address").replace(" ", ""), token_id="restricted"
    ),
    "nobody": replace(_persona("patient"), person_nhs_number="9990009988", token_id="nobody"),
    "stranger": replace(GP, user_id="stranger", organisation="B82002", token_id="stranger"),
}


def _system(token: str) -> Principal:
    """The system of the organisation whose code is the token."""
    if token not in BY_ODS:
        raise Unauthenticated([Issue(code="login", error="token-invalid", diagnostics="No such token.")])
    kind, purposes = PrincipalKind.SYSTEM, (Purpose.TREATMENT, Purpose.OPERATIONS)
    return replace(
        GP, user_id=token, kind=kind, activities=frozenset(), organisation=token, purposes=purposes, token_id=token
    )


@dataclass
class Seats:
    """Sessions whose token is who it is."""

    def personas(self) -> tuple[PersonaCard, ...]:
        return ()

    def people(self) -> tuple[DemoPersonCard, ...]:
        return ()

    async def begin(self, persona: str, *, device: str = "") -> SignedIn:  # noqa: ARG002
        return SignedIn(persona, FOREVER)

    async def principal(self, token: str) -> Principal | None:
        return PEOPLE.get(token)

    async def end(self, token: str) -> None:
        assert token in PEOPLE


def pages(parts: Parts, table: SectionTable, *, traces: TraceLimit) -> Starlette:
    keys = RecordKeys(RecordKeys.new_key())
    names = {ods: source.name for ods, source in BY_ODS.items()}
    return make_portal(
        Portal(
            renderer=Renderer(Look(area="Aldermere Care Record", demonstration=True)),
            sign_ins=Seats(),
            finder=PersonTrace(
                gate=parts.gate,
                searching=parts.searching,
                mask=QueryMask(b"0" * 16),
                traces=traces,
                keys=keys,
                clock=parts.clock,
                ids=parts.ids,
            ),
            citizens=OwnRecords(
                gate=parts.gate,
                record=parts.record,
                searching=parts.searching,
                keys=keys,
                clock=parts.clock,
                ids=parts.ids,
            ),
            records=StoredRecords(
                gate=parts.gate,
                record=parts.record,
                policy=parts.policy,
                keys=keys,
                table=table,
                names=names,
                ids=parts.ids,
                own_word=parts.own_word,
            ),
            alerts=StoredAlerts(
                gate=parts.gate,
                log=parts.log,
                pool=parts.side_pool,
                record=parts.record,
                searching=parts.searching,
                clock=parts.clock,
                ids=parts.ids,
            ),
            openings=StoredOpenings(
                own_word=parts.own_word,
                record=parts.record,
                keys=keys,
                policy=parts.policy,
                people=TracedPeople(
                    gate=parts.gate, record=parts.record, searching=parts.searching, clock=parts.clock, ids=parts.ids
                ),
            ),
            history=StoredAccessHistory(
                gate=parts.gate,
                record=parts.record,
                log=parts.log,
                reader=LogReader(parts.side_pool),
                mask=QueryMask(b"0" * 16),
                keys=keys,
                people=TracedPeople(
                    gate=parts.gate, record=parts.record, searching=parts.searching, clock=parts.clock, ids=parts.ids
                ),
                clock=parts.clock,
                ids=parts.ids,
            ),
            explanations=make_explanations(parts, bearer=_bearer),
            sharing=StoredSharingChoices(
                gate=parts.gate, record=parts.record, policy=parts.policy, keys=keys, names=names, ids=parts.ids
            ),
            disputing=StoredDisputing(gate=parts.gate, record=parts.record, keys=keys, ids=parts.ids),
            office=make_privacy_office(
                pool=parts.side_pool,
                log=parts.log,
                gate=parts.gate,
                record=parts.record,
                searching=parts.searching,
                policy=parts.policy,
                keys=keys,
                clock=parts.clock,
                ids=parts.ids,
                site="Aldermere Care Record",
            ),
            sections=table,
            clock=parts.clock,
            secure=False,
        )
    )


def _bearer(token: str) -> Principal:
    if token not in PEOPLE:
        raise Unauthenticated([Issue(code="login", error="token-invalid", diagnostics="No such token.")])
    return PEOPLE[token]


@asynccontextmanager
async def _seeded(dsn: str) -> AsyncIterator[App]:
    connection = await connect(dsn)
    await setting_made_once(connection, ACCESS_POLICY_SETTING, make=lambda: ACCESS_POLICY)
    await connection.close()
    app = build_app(Settings(base_url="http://area.test"), dsn, authenticate=_system)
    async with app.pages.router.lifespan_context(app.pages):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
            for contribution in generate(len(DEMO_PEOPLE), seed=1, today=date(2026, 3, 15)):
                answer = await client.post(
                    "http://area.test/fhir",
                    content=write_json(contribution.bundle),
                    headers={
                        "authorization": f"Bearer {contribution.source_ods}",
                        "content-type": "application/fhir+json",
                    },
                )
                assert answer.status_code == 200, answer.text[:400]
        yield app


@pytest.fixture(scope="module")
async def area(migrated_database_of_module: Callable[[], str]) -> AsyncIterator[App]:
    async with _seeded(migrated_database_of_module()) as app:
        yield app


@pytest.fixture
def traces(area: App) -> TraceLimit:
    """What the FHIR API counts its traces by, too."""
    assert area.parts is not None
    return TraceLimit(area.parts.clock, a_minute=30)


@pytest.fixture
def browse(area: App, traces: TraceLimit) -> Callable[[str], httpx.AsyncClient]:
    assert area.parts is not None
    transport = httpx.ASGITransport(app=pages(area.parts, load_sections(), traces=traces))

    def as_somebody(who: str) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=transport, base_url="http://portal.test", headers={"origin": "http://portal.test"}
        )
        client.cookies.set("lhcr-session", who)
        return client

    return as_somebody


async def found(client: httpx.AsyncClient, number: str) -> str:
    page = await client.post("/find", data={"by": "number", "nhs_number": number})
    assert page.status_code == 200, page.text
    addresses: list[str] = re.findall(r'href="(/record/[^"]+)"', page.text)
    return addresses[0]


async def test_a_person_is_found_and_their_record_read_from_every_source(
    browse: Callable[[str], httpx.AsyncClient],
) -> None:
    gp = browse("gp")
    address = await found(gp, "999 000 0018")
    assert re.fullmatch(r"/record/[a-z]+", address)
    page = await gp.get(address)
    assert page.status_code == 200
    for words in (
        "HEPWORTH, Dorothy (Mrs)",
        "Allergy to penicillin (high risk)",
        "Warfarin 1mg tablets",
        "Market Place Pharmacy",
    ):
        assert words in page.text
    assert "Everything that 6 sources wrote and you may see is here." in page.text


async def test_each_page_of_a_record_is_in_the_log(browse: Callable[[str], httpx.AsyncClient], area: App) -> None:
    assert area.parts is not None
    gp = browse("gp")
    address = await found(gp, "9990000018")
    count = "SELECT count(*) FROM audit_entry"
    before = await area.parts.side_pool.fetchval(count)
    await gp.get(address)
    await gp.get(f"{address}/entry/bbbbbbbbbbbbbbbb")
    assert await area.parts.side_pool.fetchval(count) == before + 2


async def test_a_receptionist_sees_who_it_is_and_which_sections_are_closed(
    browse: Callable[[str], httpx.AsyncClient],
) -> None:
    """Hazard: clinical entries shown to somebody whose role has no need of them."""
    desk = browse("receptionist")
    page = await desk.get(await found(desk, "9990000018"))
    assert page.status_code == 200
    assert "HEPWORTH, Dorothy (Mrs)" in page.text
    assert "Your role does not let you see medicines and medical devices." in page.text
    assert "enicillin" not in page.text
    assert "Warfarin" not in page.text


async def test_a_stranger_reads_the_same_refusal_for_a_person_who_is_here_and_one_who_is_not(
    browse: Callable[[str], httpx.AsyncClient],
) -> None:
    stranger = browse("stranger")
    refused = await stranger.get(await found(stranger, "9990000018"))
    nobody = await stranger.get("/record/nobody")
    assert (refused.status_code, nobody.status_code) == (403, 403)
    assert "What you can do" in refused.text

    def told(text: str) -> str:
        """Without the decision's reference, and the key by which the page was asked for."""
        return re.sub(r'"/record/[^/"]+', '"/record/', re.sub(r'code">[^<]+<', 'code"><', text))

    assert told(refused.text) == told(nobody.text)


async def test_people_of_one_name_and_birthday_are_both_found(browse: Callable[[str], httpx.AsyncClient]) -> None:
    form = {"by": "name", "family": "booth", "born_day": "21", "born_month": "6", "born_year": "1962"}
    page = await browse("gp").post("/find", data=form)
    assert page.text.count("BOOTH, David (Mr)") == 2


async def test_nothing_that_is_typed_is_read_as_a_separator_of_the_search(
    browse: Callable[[str], httpx.AsyncClient],
) -> None:
    form = {"by": "name", "family": "hepworth,booth|x$y\\", "born_day": "21", "born_month": "6", "born_year": "1962"}
    page = await browse("gp").post("/find", data=form)
    assert page.status_code == 200
    assert "Nobody was found" in page.text


async def test_whoever_searches_too_often_is_told_to_wait_and_nobody_is_looked_up(
    browse: Callable[[str], httpx.AsyncClient], area: App, traces: TraceLimit
) -> None:
    """Hazard: the register of a whole area, copied row by row, half of it in the portal and half over the API."""
    assert area.parts is not None
    for _ in range(29):
        traces.count(PEOPLE["gp"])
    gp = browse("gp")
    await found(gp, "9990000018")
    logged = "SELECT count(*) FROM audit_entry"
    before = await area.parts.side_pool.fetchval(logged)
    page = await gp.post("/find", data={"by": "number", "nhs_number": "9990000018"})
    assert (page.status_code, page.headers["retry-after"]) == (429, "60")
    assert "Wait a minute, then search again." in page.text
    assert "HEPWORTH" not in page.text
    assert await area.parts.side_pool.fetchval(logged) == before
    assert await found(browse("pharmacist"), "9990000018")


async def test_a_citizen_with_one_record_is_led_to_it_at_once(browse: Callable[[str], httpx.AsyncClient]) -> None:
    patient = browse("patient")
    home = await patient.get("/home")
    assert home.status_code == 303
    page = await patient.get(home.headers["location"])
    assert page.status_code == 200
    assert "HEPWORTH, Dorothy (Mrs)" in page.text


async def test_a_proxy_is_offered_their_own_record_and_that_of_whom_they_act_for(
    browse: Callable[[str], httpx.AsyncClient],
) -> None:
    carer = browse("carer")
    page = await carer.get("/home")
    assert re.findall(r'href="/record/[a-z]+">([^<]+)</a>', page.text) == [
        "Your record",
        "Yusuf&#39;s record, because you act for him",
    ]
    own, child = re.findall(r'href="(/record/[a-z]+)"', page.text)
    assert "MALIK, Hira (Mrs)" in (await carer.get(own)).text
    assert "MALIK, Yusuf (Master)" in (await carer.get(child)).text


async def test_a_proxy_opens_no_other_record(browse: Callable[[str], httpx.AsyncClient]) -> None:
    """Hazard: somebody who may act for one person reads another's record."""
    gp, carer = browse("gp"), browse("carer")
    opened = [demo.key for demo in DEMO_PEOPLE if await _opens(gp, carer, number(demo.key))]
    assert opened == ["child", "carer"]


async def test_a_child_opens_neither_its_own_record_yet_nor_that_of_whoever_acts_for_it(
    browse: Callable[[str], httpx.AsyncClient],
) -> None:
    """Hazard: being named in a record taken for authority over it."""
    child, gp = browse("child"), browse("gp")
    assert (await child.get("/home")).status_code == 403
    opened = [demo.key for demo in DEMO_PEOPLE if await _opens(gp, child, number(demo.key))]
    assert opened == []


async def _opens(gp: httpx.AsyncClient, citizen: httpx.AsyncClient, nhs_number: str) -> bool:
    page = await citizen.get(await found(gp, nhs_number))
    assert page.status_code in {200, 403}
    return page.status_code == 200


async def test_what_a_citizen_is_shown_is_in_the_log_before_they_see_it(
    browse: Callable[[str], httpx.AsyncClient], area: App
) -> None:
    assert area.parts is not None
    persons = "SELECT count(DISTINCT person_id) FROM audit_entry WHERE recorded >= $1 AND person_id IS NOT NULL"
    began = area.parts.clock.now()
    await browse("carer").get("/home")
    assert await area.parts.side_pool.fetchval(persons, began) == 2


async def test_somebody_of_whom_nothing_is_here_is_refused_and_told_in_plain_words(
    browse: Callable[[str], httpx.AsyncClient], area: App
) -> None:
    assert area.parts is not None
    count = "SELECT count(*) FROM audit_entry"
    before = await area.parts.side_pool.fetchval(count)
    page = await browse("nobody").get("/home")
    assert page.status_code == 403
    assert "nothing that is recorded here lets you act for this person" in page.text
    assert await area.parts.side_pool.fetchval(count) == before + 1


@pytest.mark.parametrize("who", ["receptionist", "pharmacist", "gp"])
async def test_no_page_calls_a_record_empty_or_whole_beyond_what_its_reader_may_see(
    browse: Callable[[str], httpx.AsyncClient], who: str
) -> None:
    """Hazard: "nothing recorded" read of what policy keeps from the reader."""
    reader = browse(who)
    opened = 0
    for demo in DEMO_PEOPLE:
        page = await reader.get(await found(reader, number(demo.key)))
        if page.status_code == 200:
            opened += 1
            _assert_honest(page.text, sees_little=who == "receptionist", sees_all=who == "gp")
            assert ("Your role does not let you see clinical impressions (formulation)." in page.text) is (
                who == "pharmacist"
            )
    assert opened > len(DEMO_PEOPLE) // 2


async def test_a_citizens_own_page_says_what_it_does_not_show(browse: Callable[[str], httpx.AsyncClient]) -> None:
    page = await browse("patient").get("/home", follow_redirects=True)
    _assert_honest(page.text, sees_little=False, sees_all=True)


def _assert_honest(text: str, *, sees_little: bool, sees_all: bool) -> None:
    assert "No source" not in text
    assert "Nothing is recorded" not in text
    assert "This page says the same whether or not there are any." in text
    assert ("Your role lets you see only person details, GP practice and personal contacts." in text) is sees_little
    assert ("Your role does not let you see medicines and medical devices." in text) is sees_little
    assert bool(re.search("Your role does not let you see about me, [^.]* problems, ", text)) is sees_little
    assert ("wrote and you may see is here." in text) is sees_all


async def test_what_a_source_does_not_share_by_agreement_is_said_of_everybody_and_shown_of_nobody(
    browse: Callable[[str], httpx.AsyncClient], area: App
) -> None:
    """Hazard: "none" inferred from what was not looked at."""
    parts = area.parts
    assert parts is not None
    changes = PolicyChanges(pool=parts.side_pool, log=parts.log, clock=parts.clock, site="Area")
    usual = {"id": "one", "sources": ["RRE"], "recipients": ["A81001"], "from": "2020-01-01", "state": "open"}
    gp = browse("gp")
    addresses = [await found(gp, number(key)) for key in ("rich", "nothing-recorded")]
    for categories in (["demographics", "allergy"], ["family-history"]):
        text = write_json({"agreements": [usual | {"categories": categories}]})
        await replace_agreements(changes, PEOPLE["operator"], read_agreements(text, policy=parts.policy))
        for address in addresses:
            page = await gp.get(address)
            assert "By agreement, Aldermere Royal Infirmary shares only " in page.text
            assert "This page says the same whether or not they have anything about this person." in page.text
            assert page.text.count("does not share") <= 10
    nobody = await gp.post("/find", data={"by": "number", "nhs_number": "9990009988"})
    assert "By agreement, some organisations do not share with yours whom they know" in nobody.text
    assert "Royal Infirmary</dt>" not in (await gp.get(addresses[0])).text
    await replace_agreements(changes, PEOPLE["operator"], ())
    assert "By agreement" not in (await gp.get(addresses[0])).text
    assert "By agreement" not in (await gp.post("/find", data={"by": "number", "nhs_number": "9990009988"})).text
