"""What all sources together hold about one person, while it is being written: one chart per source."""

from datetime import date

from lhcr.demo.chart import Chart
from lhcr.demo.contribution import Contribution
from lhcr.demo.demographics import Variation, write_patient
from lhcr.demo.organisations import GP_PRACTICE, SOURCES, Source
from lhcr.demo.person import Person


class Record:
    """Opens a chart where a source first has something to say, and starts each with the person's own entry."""

    def __init__(self, person: Person, *, today: date) -> None:
        self.person = person
        self.today = today
        self._charts: dict[str, Chart] = {}

    def chart(self, source: Source, variation: Variation | None = None) -> Chart:
        """Return the source's chart; `variation` counts only when the chart is opened by this call."""
        opened = self._charts.get(source.ods)
        if opened:
            return opened
        chart = self._charts[source.ods] = Chart(source, person=self.person, today=self.today)
        plain = Variation(nominates_pharmacy=source is GP_PRACTICE)
        write_patient(chart, variation or plain)
        return chart

    def contributions(self) -> list[Contribution]:
        """Return one contribution per source that has a chart, in the order of the sources."""
        return [self._charts[source.ods].contribution() for source in SOURCES if source.ods in self._charts]
