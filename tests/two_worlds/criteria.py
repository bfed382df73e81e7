"""Generated criteria of searches: every kind of parameter with its modifiers and prefixes, chains and reverse chains."""

from random import Random
from typing import Final
from urllib.parse import quote

from tests.two_worlds.vocabulary import DATES, NUMBERS, URIS, Vocabulary, askable

from lhcr.fhir.search.parameter import Kind, SearchParameter

#: The types that the worlds hold, the more often the more of it there is.
TYPES: Final = ("Condition", "Condition", "Observation", "Observation", "Encounter", "AllergyIntolerance", "MedicationRequest", "Procedure",
                "DiagnosticReport", "DocumentReference", "Immunization", "List", "Appointment", "RelatedPerson", "CarePlan", "Task",
                "Provenance", "EpisodeOfCare", "Consent", "Group")  # fmt: skip
ELSEWHERE: Final = (
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "Location",
    "HealthcareService",
    "Medication",
    "Device",
)
_PREFIXES: Final = ("", "", "eq", "ne", "gt", "ge", "lt", "le", "sa", "eb", "ap")
_CHAINED: Final = (
    "identifier",
    "name",
    "family",
    "code",
    "_id",
    "title",
    "birthdate",
    "gender",
    "status",
    "_lastUpdated",
    "address",
)
_MODIFIERS: Final = {
    Kind.TOKEN: ("", "", "", "", "", ":not", ":not", ":missing", ":text"),
    Kind.STRING: ("", "", ":exact", ":contains", ":missing"),
    Kind.DATE: ("", "", "", ":missing"),
    Kind.REFERENCE: ("", "", ":identifier", ":missing", ".", "."),
    Kind.URI: ("", ":missing"),
}  # fmt: skip


class Criteria:
    """Criteria drawn by one source of chance from what the worlds say."""

    def __init__(self, chance: Random, vocabulary: Vocabulary) -> None:
        self._chance = chance
        self._vocabulary = vocabulary

    def criterion(self, type: str, *, depth: int = 0) -> str:
        """Return one `name=value` about a type, now and then by way of what refers to it."""
        if depth < 2 and self._chance.random() < 0.12:
            return self._reverse(type, depth=depth)
        parameter = self._chance.choice(askable(type))
        modifier = self._chance.choice(_MODIFIERS.get(parameter.kind, ("", ":missing")))
        if modifier == ".":
            return self._chain(parameter, depth=depth)
        if modifier == ":missing":
            return f"{parameter.code}:missing={self._chance.choice(('true', 'false'))}"
        value = self.value(parameter, modifier)
        if self._chance.random() < 0.15:
            value += f",{self.value(parameter, modifier)}"
        return f"{parameter.code}{modifier}={value}"

    def _chain(self, parameter: SearchParameter, *, depth: int) -> str:
        targets = [each for each in parameter.targets if each in {*TYPES, *ELSEWHERE, "Patient"}] or ["Patient"]
        target = self._chance.choice(targets)
        name = parameter.code if len(parameter.targets) == 1 else f"{parameter.code}:{target}"
        return f"{name}.{self.criterion(target, depth=depth + 1)}"

    def _reverse(self, type: str, *, depth: int) -> str:
        """Ask by way of a type and parameter that can refer to this one, where there is any."""
        other = self._chance.choice((*TYPES, *ELSEWHERE))
        references = [each for each in askable(other) if type in each.targets]
        if not references:
            return f"_id={self.own_id(type)}"
        return f"_has:{other}:{self._chance.choice(references).code}:{self.criterion(other, depth=depth + 1)}"

    def value(self, parameter: SearchParameter, modifier: str = "") -> str:
        chance = self._chance
        if parameter.code == "_id":
            return self.own_id(parameter.type)
        if modifier == ":identifier":
            return quote(chance.choice(self._vocabulary.identifiers), safe="|:/")
        if parameter.kind is Kind.COMPOSITE:
            return "$".join(self.value(_as_parameter(parameter, place)) for place in range(2))
        if parameter.kind is Kind.REFERENCE:
            return self._referred(parameter)
        return quote(self._plain(parameter.kind), safe="|:/,.-$")

    def _referred(self, parameter: SearchParameter) -> str:
        """Return something to which the parameter can refer, and now and then something else."""
        known = [each for target in parameter.targets for each in self._vocabulary.of_type(target)]
        return self._chance.choice(known if known and self._chance.random() < 0.95 else self._vocabulary.references)

    def _plain(self, kind: Kind) -> str:
        chance, vocabulary = self._chance, self._vocabulary
        if kind is Kind.TOKEN:
            token = chance.choice((*vocabulary.tokens, *vocabulary.identifiers))
            return chance.choice((token, token, token.rpartition("|")[2], f"{token.partition('|')[0]}|"))
        if kind in {Kind.DATE, Kind.NUMBER, Kind.QUANTITY}:
            return chance.choice(_PREFIXES) + chance.choice(DATES if kind is Kind.DATE else NUMBERS)
        if kind is Kind.URI:
            return chance.choice(URIS)
        if kind is Kind.POSITION:
            return chance.choice(("51.5|-0.1|10|km", "0|0|1|km"))
        word = chance.choice(vocabulary.words)
        return word[: chance.randint(2, len(word))]

    def own_id(self, type: str) -> str:
        known = self._vocabulary.of_type(type)
        return self._chance.choice(known).partition("/")[2] if known else "nothing"


def _as_parameter(parameter: SearchParameter, place: int) -> SearchParameter:
    part = parameter.components[place]
    return SearchParameter(id=0, type=parameter.type, code=part.code, kind=part.kind, expression="", rows=())
