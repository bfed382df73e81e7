"""The identity banner and its allergies line, as every page of a record shows them."""

from dataclasses import dataclass

from lhcr.views.nothing import Kind
from lhcr.views.record_view import RecordView


@dataclass(frozen=True, slots=True, kw_only=True)
class BannerPage:
    """`facts` are label and value; `allergies` the line's words, `cautions` what makes it less than certain.

    `tone` is `present`, `none`, `unknown` or `closed`.
    """

    name: str
    facts: tuple[tuple[str, str], ...]
    died: str
    restricted: bool
    tone: str
    allergies: tuple[str, ...]
    cautions: tuple[str, ...]


def present_banner(view: RecordView) -> BannerPage:
    banner, line = view.banner, view.allergies
    facts = [("Born", banner.born), ("Sex", banner.sex), ("NHS number", banner.nhs_number)]
    return BannerPage(
        name=banner.name.banner,
        facts=tuple([*facts[:1], ("Died", banner.died), *facts[1:]] if banner.died else facts),
        died=banner.died,
        restricted=banner.restricted,
        tone=line.tone,
        allergies=line.names,
        cautions=_cautions(view),
    )


def _cautions(view: RecordView) -> tuple[str, ...]:
    """Hazard: an allergies line that looks certain while sources disagree or are missing."""
    line = view.allergies
    contradiction = "Sources disagree: another records no known allergies." if line.contradicted else ""
    said = [
        nothing.sentence for nothing in line.nothings if nothing.kind is not Kind.RECORDED_AS_NONE or not line.names
    ]
    return tuple(sentence for sentence in (contradiction, *said) if sentence)
