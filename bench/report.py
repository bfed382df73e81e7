"""The report: medians with their runs, beside the floor; a table for people and build/bench.json for programs."""

import json
import statistics
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Figure:
    """One figure: the value of each run, and what the floor did in the same run (None where there is no floor).

    `grown` are the values of the runs after the area has grown to several times its people, empty where it has not.
    """

    unit: str
    goal: str
    runs: list[float] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)
    grown: list[float] = field(default_factory=list)

    @property
    def value(self) -> float:
        return statistics.median(self.runs)

    @property
    def floor(self) -> float | None:
        return statistics.median(self.floors) if self.floors else None

    @property
    def growth(self) -> float | None:
        """How many times as costly one of these is after the growth as before it."""
        if not self.grown:
            return None
        after = statistics.median(self.grown)
        return self.value / after if self.unit.endswith("/s") else after / self.value


def show(figures: dict[str, Figure]) -> str:
    lines = [f"{'figure':14} {'median':>10} {'unit':12} {'floor':>10} {'ratio':>6} {'grown':>10} {'cost':>6}  goal"]
    for name, figure in figures.items():
        floor = figure.floor
        beside = f"{floor:10.0f} {figure.value / floor:6.2f}" if floor else f"{'':10} {'':6}"
        growth = figure.growth
        later = f"{statistics.median(figure.grown):10.1f} {growth:6.2f}" if growth else f"{'':10} {'':6}"
        lines.append(
            f"{name:14} {figure.value:10.{2 if figure.value < 10 else 1}f} {figure.unit:12} {beside} {later}  {figure.goal}"
        )
    return "\n".join(lines)


def save(figures: dict[str, Figure], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        name: {
            "value": figure.value,
            "unit": figure.unit,
            "floor": figure.floor,
            "runs": figure.runs,
            "grown": figure.grown,
            "growth": figure.growth,
        }
        for name, figure in figures.items()
    }
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
