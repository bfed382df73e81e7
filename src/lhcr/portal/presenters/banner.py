"""The identity banner and its allergies line, as every page of a record shows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from lhcr.views.completeness import Whereabouts
from lhcr.views.nothing import Kind, Nothing, listed
from lhcr.views.record_view import RecordView


@dataclass(frozen=True, slots=True, kw_only=True)
class BannerPage:
    """`facts` are label and value; `differs` in one line what sources contradict each other in; `allergies` the line's words, `restricted` what is to be heeded of where they live, `cautions` what makes it less than certain.

    `tone` is `present`, `none`, `unknown` or `closed`. `chooses`: the reader is led to where choices about sharing are made.
    """

    name: str
    facts: tuple[tuple[str, str], ...]
    differs: str
    died: str
    restricted: str
    tone: str
    allergies: tuple[str, ...]
    cautions: tuple[str, ...]
    chooses: bool = False


def present_banner(view: RecordView) -> BannerPage:
    banner, line = view.banner, view.allergies
    facts = [("Born", banner.born), ("Sex", banner.sex), ("NHS number", banner.nhs_number)]
    return BannerPage(
        name=banner.name.banner,
        facts=tuple([*facts[:1], ("Died", banner.died), *facts[1:]] if banner.died else facts),
        differs=_differs([each.label for each in view.differences]),
        died=banner.died,
        restricted=_restricted(view) if banner.restricted else "",
        tone=line.tone,
        allergies=line.names,
        cautions=_cautions(view),
        chooses=view.completeness.chooses,
    )


def _differs(labels: Sequence[str]) -> str:
    """Hazard: allergies pushed off the first screen by what each of many sources says. The values stand in the details."""
    return f"Sources differ in {listed(labels, 'and')}: see Person details." if labels else ""


def _restricted(view: RecordView) -> str:
    """What is asked of a reader, and what the person themself is told who reads their own address."""
    if view.completeness.whereabouts is Whereabouts.OWN:
        return "where you live is shown here because this is your own record. It is withheld from whoever else opens all of it."
    return "do not disclose where this person lives or can be found."


def _cautions(view: RecordView) -> tuple[str, ...]:
    """Hazard: an allergies line that looks certain while sources disagree or are missing.

    Where something is named, a gap is said in few words, so that the line stays short enough to be always in view.
    """
    line = view.allergies
    contradiction = "Sources disagree: another records no known allergies." if line.contradicted else ""
    said = [_caution(nothing, named=bool(line.names)) for nothing in line.nothings]
    missing = [answer.source.shown for answer in view.completeness.unreached]
    gap = (
        f"May be incomplete: {' and '.join(missing)} could not be reached." if missing and line.tone != "closed" else ""
    )
    return tuple(sentence for sentence in (contradiction, *said, gap) if sentence)


def _caution(nothing: Nothing, *, named: bool) -> str:
    if nothing.kind is Kind.NOT_REACHED or (named and nothing.kind is Kind.RECORDED_AS_NONE):
        return ""
    return nothing.sentence
