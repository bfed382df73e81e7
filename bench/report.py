"""The report: medians with their runs, beside the floor; a table for people and build/bench.json for programs."""

import json
import statistics
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Figure:
    """One figure: the value of each run, and what the floor did in the same run (None where there is no floor)."""

    unit: str
    goal: str
    runs: list[float] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)

    @property
    def value(self) -> float:
        return statistics.median(self.runs)

    @property
    def floor(self) -> float | None:
        return statistics.median(self.floors) if self.floors else None


def show(figures: dict[str, Figure]) -> str:
    lines = [f"{'figure':14} {'median':>10} {'unit':12} {'floor':>10} {'ratio':>6}  goal"]
    for name, figure in figures.items():
        floor = figure.floor
        beside = f"{floor:10.0f} {figure.value / floor:6.2f}" if floor else f"{'':10} {'':6}"
        lines.append(f"{name:14} {figure.value:10.1f} {figure.unit:12} {beside}  {figure.goal}")
    return "\n".join(lines)


def save(figures: dict[str, Figure], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        name: {"value": figure.value, "unit": figure.unit, "floor": figure.floor, "runs": figure.runs}
        for name, figure in figures.items()
    }
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
