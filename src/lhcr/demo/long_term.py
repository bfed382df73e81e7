"""Long-term conditions written into a record: the problem, its medicines, and reviews year by year."""

from datetime import date
from random import Random

from lhcr.demo.chart import Chart
from lhcr.demo.codes import Code
from lhcr.demo.encounters import SURGERY, write_contact
from lhcr.demo.medicines import Stop, write_prescription, write_supply
from lhcr.demo.organisations import GP_PRACTICE, PHARMACY
from lhcr.demo.pathways import PATHWAYS, Pathway
from lhcr.demo.problems import write_problem
from lhcr.demo.record import Record
from lhcr.demo.results import write_blood_pressure, write_report, write_value


def write_long_term_conditions(record: Record, rng: Random) -> int:
    """Draw the conditions that somebody of this age has, write each, and return how many there are."""
    age = record.person.age(record.today)
    drawn = [pathway for pathway in PATHWAYS if rng.random() * 100 < pathway.percent]
    had = [pathway for pathway in drawn if pathway.ages[0] <= age <= pathway.ages[1]][:4]
    for pathway in had:
        _write(record, pathway, rng)
    return len(had)


def _write(record: Record, pathway: Pathway, rng: Random) -> None:
    chart = record.chart(GP_PRACTICE)
    years = rng.randint(1, max(1, min(14, record.person.age(record.today) - pathway.ages[0])))
    onset = chart.ago(rng.randint(20, 300), years=years)
    write_problem(chart, pathway.problem, onset=onset, by="gp")
    _prescribe(record, pathway, onset, rng)
    for review in range(rng.randint(2, 4)):
        _review(chart, pathway, chart.ago(25 + 180 * review + rng.randint(0, 30)), rng)


def _prescribe(record: Record, pathway: Pathway, onset: date, rng: Random) -> None:
    chart = record.chart(GP_PRACTICE)
    for place, medicine in enumerate(pathway.medicines):
        if place and rng.random() < 0.4:
            continue
        stop = _stop(chart, rng) if place and rng.random() < 0.3 else None
        write_prescription(chart, medicine, since=onset, by="gp", stop=stop)
        if not stop:
            for month in range(rng.randint(1, 4)):
                write_supply(record.chart(PHARMACY), medicine, on=chart.ago(3 + 28 * month + rng.randint(0, 4)))


def _stop(chart: Chart, rng: Random) -> Stop:
    why = rng.choice(
        ("side effects", "no longer needed", "target reached without it", "interacts with another medicine")
    )
    return Stop(on=chart.ago(rng.randint(30, 400)), by=chart.source.member("gp-partner").display, why=why)


def _review(chart: Chart, pathway: Pathway, day: date, rng: Random) -> None:
    nurse = chart.staff("practice-nurse")
    write_contact(chart, SURGERY, on=day, by="practice-nurse", reason=Code(f"{pathway.problem.display} review"))
    if pathway.measures_blood_pressure:
        write_blood_pressure(chart, round(rng.gauss(137, 11)), round(rng.gauss(81, 7)), day=day, by=nurse)
    tests = []
    for measure in pathway.measured:
        by = None if measure.category == "laboratory" else nurse
        written = write_value(chart, measure, measure.draw(rng), day=day, by=by)
        tests += [] if by else [written]
    if len(tests) > 1:
        write_report(chart, pathway.report, tests, day=day)
