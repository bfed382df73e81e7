"""What is measured in the demonstration: code, unit, reference range, and what values people tend to have."""

from dataclasses import dataclass
from random import Random
from typing import Final

from lhcr.demo import codes
from lhcr.demo.codes import Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One kind of measurement. `ucum` is the UCUM code of `unit`; `low` and `high` bound the reference range.

    `typical` and `spread` say where values of people lie in whom it is followed up, in the same unit.
    """

    code: Code
    unit: str
    ucum: str
    typical: float
    spread: float
    low: float | None = None
    high: float | None = None
    decimals: int = 0
    category: str = "laboratory"

    def draw(self, rng: Random) -> float:
        return self.rounded(rng.gauss(self.typical, self.spread))

    def rounded(self, value: float) -> float:
        return round(float(value), self.decimals) if self.decimals else round(value)

    def interpretation(self, value: float) -> tuple[str, str]:
        """The code and word of HL7 v3 ObservationInterpretation; on the bound counts as normal."""
        if self.low is not None and value < self.low:
            return "L", "Low"
        if self.high is not None and value > self.high:
            return "H", "High"
        return "N", "Normal"


HBA1C: Final = Measure(code=codes.HBA1C, unit="mmol/mol", ucum="mmol/mol", typical=56, spread=7, low=20, high=42)
EGFR: Final = Measure(
    code=codes.EGFR, unit="mL/min/1.73m2", ucum="mL/min/{1.73_m2}", typical=58, spread=9, low=60, high=None
)
CREATININE: Final = Measure(
    code=codes.CREATININE, unit="umol/L", ucum="umol/L", typical=92, spread=14, low=45, high=104
)
SODIUM: Final = Measure(code=codes.SODIUM, unit="mmol/L", ucum="mmol/L", typical=139, spread=2, low=133, high=146)
POTASSIUM: Final = Measure(
    code=codes.POTASSIUM, unit="mmol/L", ucum="mmol/L", typical=4.4, spread=0.3, low=3.5, high=5.3, decimals=1
)
HAEMOGLOBIN: Final = Measure(code=codes.HAEMOGLOBIN, unit="g/L", ucum="g/L", typical=134, spread=11, low=115, high=165)
CHOLESTEROL: Final = Measure(
    code=codes.CHOLESTEROL, unit="mmol/L", ucum="mmol/L", typical=4.9, spread=0.8, high=5.0, decimals=1
)
INR: Final = Measure(code=codes.INR, unit="INR", ucum="{INR}", typical=2.5, spread=0.4, low=2.0, high=3.0, decimals=1)
PEAK_FLOW: Final = Measure(
    code=codes.PEAK_FLOW, unit="L/min", ucum="L/min", typical=370, spread=45, low=320, category="vital-signs"
)
WEIGHT: Final = Measure(
    code=codes.BODY_WEIGHT, unit="kg", ucum="kg", typical=78, spread=3, decimals=1, category="vital-signs"
)
HEART_RATE: Final = Measure(
    code=codes.HEART_RATE,
    unit="beats/min",
    ucum="{beats}/min",
    typical=78,
    spread=8,
    low=60,
    high=100,
    category="vital-signs",
)
RESPIRATORY_RATE: Final = Measure(
    code=codes.RESPIRATORY_RATE,
    unit="breaths/min",
    ucum="{breaths}/min",
    typical=17,
    spread=2,
    low=12,
    high=20,
    category="vital-signs",
)
OXYGEN_SATURATION: Final = Measure(
    code=codes.OXYGEN_SATURATION, unit="%", ucum="%", typical=96, spread=1, low=94, category="vital-signs"
)
TEMPERATURE: Final = Measure(
    code=codes.BODY_TEMPERATURE,
    unit="°C",
    ucum="Cel",
    typical=37.0,
    spread=0.4,
    low=36.0,
    high=38.0,
    decimals=1,
    category="vital-signs",
)
NEWS2: Final = Measure(code=codes.NEWS2, unit="score", ucum="{score}", typical=3, spread=1, high=4, category="survey")
