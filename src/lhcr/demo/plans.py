"""Plans, goals, alerts, requests, appointments and teams: what is to happen, and who sees to it."""

from collections.abc import Sequence
from datetime import date, timedelta

from lhcr.demo import codes
from lhcr.demo.chart import Chart
from lhcr.demo.codes import Code
from lhcr.demo.elements import concept, hl7, moment, period, text_only
from lhcr.kernel.json_types import JsonObject


def write_alert(chart: Chart, words: str, *, since: date, by: str, category: str = "clinical") -> str:
    """Write an alert; `category` is clinical, safety or behavioral of HL7's flag categories."""
    display = {"clinical": "Clinical", "safety": "Safety", "behavioral": "Behavioral"}[category]
    body = {
        "status": "active",
        "category": [hl7("flag-category", category, display)],
        "code": text_only(words),
        "period": period(since),
        "author": chart.staff(by),
    }
    return chart.add("Flag", body)


def write_adjustment(chart: Chart, words: str, *, since: date, by: str) -> str:
    """Write what must be arranged differently so that somebody can use a service (Equality Act 2010)."""
    body = {
        "status": "active",
        "category": [text_only("Reasonable adjustment")],
        "code": concept(codes.REASONABLE_ADJUSTMENTS, text=words),
        "period": period(since),
        "author": chart.staff(by),
    }
    return chart.add("Flag", body)


def write_goal(chart: Chart, words: str, *, since: date, due: date) -> str:
    """Write a goal in the person's own words."""
    return chart.add(
        "Goal",
        {
            "lifecycleStatus": "active",
            "description": text_only(words),
            "startDate": since.isoformat(),
            "target": [{"dueDate": due.isoformat()}],
            "expressedBy": {"reference": chart.patient},
        },
    )


def write_plan(
    chart: Chart,
    title: str,
    actions: Sequence[str],
    *,
    since: date,
    by: str,
    category: Code = codes.CARE_PLAN,
    goals: Sequence[str] = (),
    note: str = "",
) -> str:
    """Write a plan whose actions are still going on."""
    body: JsonObject = {
        "status": "active",
        "intent": "plan",
        "category": [concept(category)],
        "title": title,
        "period": period(since),
        "created": since.isoformat(),
        "author": chart.staff(by),
        "activity": [{"detail": {"status": "in-progress", "description": action}} for action in actions],
    }
    if goals:
        body["goal"] = [{"reference": goal} for goal in goals]
    return chart.add("CarePlan", body | ({"note": [{"text": note}]} if note else {}))


def write_request(
    chart: Chart, code: Code, *, on: date, by: str, to: JsonObject, reason: Code, status: str = "active"
) -> str:
    """Write a referral or request to another organisation."""
    return chart.add(
        "ServiceRequest",
        {
            "status": status,
            "intent": "order",
            "priority": "routine",
            "code": concept(code),
            "authoredOn": moment(on, hour=11),
            "requester": chart.staff(by),
            "performer": [to],
            "reasonCode": [concept(reason)],
        },
    )


def write_appointment(chart: Chart, title: str, *, on: date, by: str, site: str, minutes: int = 20) -> str:
    """Write an appointment that is booked for a day to come."""
    people = [{"reference": chart.patient}, chart.staff(by), chart.site(site)]
    return chart.add(
        "Appointment",
        {
            "status": "booked",
            "description": title,
            "start": moment(on, hour=14),
            "end": moment(on, hour=14, minute=minutes),
            "created": moment(chart.today - timedelta(days=9), hour=9),
            "participant": [{"actor": actor, "status": "accepted"} for actor in people],
        },
    )


def write_team(chart: Chart, name: str, members: Sequence[tuple[JsonObject, str]], *, since: date) -> str:
    """Write who looks after somebody: references with what each does."""
    body = {
        "status": "active",
        "name": name,
        "period": period(since),
        "participant": [{"role": [text_only(job)], "member": member} for member, job in members],
        "managingOrganization": [chart.organisation()],
    }
    return chart.add("CareTeam", body)


def write_episode(chart: Chart, kind: Code, *, since: date, by: str, until: date | None = None) -> str:
    """Write that an organisation has somebody in its care."""
    body = {
        "status": "finished" if until else "active",
        "type": [concept(kind)],
        "managingOrganization": chart.organisation(),
        "period": period(since, end=until),
        "careManager": chart.staff(by),
    }
    return chart.add("EpisodeOfCare", body)
