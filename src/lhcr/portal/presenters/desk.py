"""What an office or an operator can do here: commands that work today, and nothing that does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lhcr.identity.principal import PrincipalKind
from lhcr.portal.addresses import ALERTS, CASES, LOG, WHAT_IF


@dataclass(frozen=True, slots=True)
class Command:
    line: str
    does: str


@dataclass(frozen=True, slots=True)
class DeskLink:
    """A page on which some of the work is done."""

    href: str
    title: str
    does: str


@dataclass(frozen=True, slots=True)
class DeskPage:
    """`about` says what the role is for and where its commands are run; `where` how, because a demonstration puts none on the PATH."""

    about: str
    commands: tuple[Command, ...]
    pages: tuple[DeskLink, ...] = ()
    where: str = "Open a terminal in the folder of this program. If it does not find lhcr, type .venv/bin/lhcr instead."


_VERIFY = Command("lhcr audit verify", "Checks the whole log and says whether anything in it was changed or left out.")
_HEAD = Command("lhcr audit head", "Prints the newest head of the log, for somebody else to keep.")
_OFFICE = DeskPage(
    "You check that access to records is right. You cannot open records. Most of your work is on these pages. What needs the whole log is done with commands on the computer that runs this area.",
    (
        Command(
            "lhcr explain REFERENCE",
            "Says why one access was allowed or refused. Each refusal shows its reference; put it in place of REFERENCE.",
        ),
        _VERIFY,
        Command("lhcr audit export FILE", "Writes the log to a file, from which anybody can verify it elsewhere."),
        _HEAD,
    ),
    (
        DeskLink(
            CASES, "Cases", "Accesses to look into, the most urgent first. Close a case, ask the user or escalate."
        ),
        DeskLink(
            ALERTS,
            "Alerts",
            "Records that people at your organisation opened by saying why they needed to, and what they said.",
        ),
        DeskLink(
            LOG,
            "Access log",
            "Who at your organisation looked at whose record, when and why, and who was refused. Read a decision by its reference.",
        ),
        DeskLink(
            WHAT_IF, "What if?", "What would be decided for a role, a relationship or an objection that you suppose."
        ),
    ),
)
_RUNNING = DeskPage(
    "You run this area and see nobody's record. Your work is done with commands, on the computer that runs it.",
    (
        Command(
            "lhcr load PATH --source ODS", "Loads FHIR files of one organisation and says what became of each entry."
        ),
        Command("lhcr migrate", "Brings the database to the newest version."),
        Command("lhcr settings", "Lists every setting with its value."),
        _VERIFY,
        _HEAD,
    ),
)
_BY_KIND: Mapping[PrincipalKind, DeskPage] = MappingProxyType({PrincipalKind.OFFICE: _OFFICE})


def present_desk(kind: PrincipalKind) -> DeskPage:
    return _BY_KIND.get(kind, _RUNNING)
