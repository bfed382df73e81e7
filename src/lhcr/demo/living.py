"""How somebody lives: tobacco, alcohol, household, equipment, and the care and support that the council arranges."""

from datetime import date

from lhcr.demo import codes
from lhcr.demo.chart import Chart
from lhcr.demo.codes import Code
from lhcr.demo.elements import concept, hl7, moment, period, quantity, spoken, text_only
from lhcr.demo.plans import write_episode, write_goal, write_plan
from lhcr.demo.results import write_finding


def write_smoking(chart: Chart, status: Code, *, on: date, by: str) -> str:
    value = {"valueCodeableConcept": concept(status)}
    return write_finding(chart, codes.TOBACCO_BEHAVIOUR, value, day=on, by=chart.staff(by))


def write_alcohol(chart: Chart, units: int, *, on: date, by: str) -> str:
    """Write how many units of alcohol somebody drinks in a week."""
    value = {"valueQuantity": quantity(units, "units/week", ucum="{unit}/wk")}
    return write_finding(chart, codes.ALCOHOL_WEEKLY, value, day=on, by=chart.staff(by))


def write_household(chart: Chart, words: str, *, on: date, by: str) -> str:
    return write_finding(chart, Code("Household composition"), {"valueString": words}, day=on, by=chart.staff(by))


def write_equipment(chart: Chart, name: str, *, on: date) -> str:
    """Write a thing lent to somebody to live with."""
    body = {
        "status": "active",
        "deviceName": [{"name": name, "type": "user-friendly-name"}],
        "type": text_only(name),
        "owner": chart.organisation(),
        "note": [{"text": f"Delivered on {spoken(on)}."}],
    }
    return chart.add("Device", body)


def write_device_use(chart: Chart, device: str, *, since: date) -> str:
    body = {
        "status": "active",
        "timingPeriod": period(since),
        "device": {"reference": device},
        "recordedOn": moment(since, hour=12),
    }
    return chart.add("DeviceUseStatement", body)


def write_care_package(chart: Chart, *, since: date, visits: str, goal: str, due: date) -> None:
    """Write home care as a council arranges it: an episode, the reason, a goal and a plan with its visits."""
    write_episode(chart, Code("Home care package"), since=since, by="social-worker")
    chart.add(
        "Condition",
        {
            "clinicalStatus": hl7("condition-clinical", "active", "Active"),
            "category": [text_only("Primary support reason")],
            "code": text_only("Physical support: personal care"),
            "onsetDateTime": since.isoformat(),
            "recorder": chart.staff("social-worker"),
        },
    )
    wanted = write_goal(chart, goal, since=since, due=due)
    actions = (visits, "Review with the person and their family after six weeks")
    write_plan(chart, "Care and support plan", actions, since=since, by="social-worker", goals=(wanted,))
