"""Dorothy Hepworth at home: the council's care and equipment, the district nurses, and the plan for when things get worse."""

from datetime import timedelta

from lhcr.demo import measures
from lhcr.demo.codes import Code
from lhcr.demo.encounters import write_home_visit
from lhcr.demo.living import write_care_package, write_device_use, write_equipment
from lhcr.demo.organisations import COMMUNITY, COUNCIL
from lhcr.demo.plans import write_episode, write_goal, write_plan, write_request
from lhcr.demo.record import Record
from lhcr.demo.results import write_value


def write_council_care(record: Record) -> None:
    chart = record.chart(COUNCIL)
    due = chart.today + timedelta(days=90)
    visits = "One visit every morning, to help with washing and dressing"
    write_care_package(chart, since=chart.ago(55), visits=visits, goal="To stay in my own home and my garden", due=due)
    frame = write_equipment(chart, "Walking frame with wheels", on=chart.ago(50))
    write_device_use(chart, frame, since=chart.ago(50))
    write_equipment(chart, "Raised toilet seat", on=chart.ago(50))
    community = {"reference": f"Organization/{COMMUNITY.slug}", "display": COMMUNITY.name}
    write_request(
        chart,
        Code("Assessment by falls team"),
        on=chart.ago(52),
        by="social-worker",
        to=community,
        reason=Code("Risk of falls"),
    )
    write_home_visit(chart, on=chart.ago(54), by="social-worker", reason=Code("Care needs assessment"))


def write_community_care(record: Record) -> None:
    chart = record.chart(COMMUNITY)
    write_episode(chart, Code("District nursing caseload"), since=chart.ago(13), by="district-nurse")
    for days, weight in ((12, 73.9), (5, 73.1)):
        write_home_visit(chart, on=chart.ago(days), by="district-nurse", reason=Code("Heart failure follow-up"))
        write_value(chart, measures.WEIGHT, weight, day=chart.ago(days), by=chart.staff("district-nurse"))
    goal = write_goal(
        chart, "To walk to the shop again by the summer", since=chart.ago(12), due=chart.today + timedelta(days=80)
    )
    actions = (
        "If weight rises by 2kg in three days: call the heart failure nurse, same day",
        "If breathless at rest: call 999 and show this plan",
        "If there is bleeding or a fall with a blow to the head: emergency department, because of warfarin",
    )
    write_plan(
        chart,
        "Contingency plan",
        actions,
        since=chart.ago(12),
        by="district-nurse",
        category=Code("Contingency plan"),
        goals=(goal,),
        note="Anticipatory care agreed with Dorothy and her daughter.",
    )
