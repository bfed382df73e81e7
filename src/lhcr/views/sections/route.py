"""Which section an entry belongs to: one, by the order of the rules, or none, which is other information."""

from collections.abc import Mapping
from functools import cached_property

from lhcr.kernel.json_types import JsonObject
from lhcr.views.concept import codes_of
from lhcr.views.json_walk import items_of, object_of, objects_of, text_of
from lhcr.views.sections.table import Rule, Section, SectionTable

_HEADINGS = "RecordStandardHeadings"
_CODES = (
    "code",
    "type",
    "vaccineCode",
    "class",
    "serviceType",
    "scope",
    "provision",
    "reasonCode",
    "codeCodeableConcept",
)
#: Hazard: an allergy or a medicine that is looked for where it belongs and is not there. A sender's heading, which serves
#: entries that have no other home, does not take these out of the section that claims their type.
_ALWAYS_BY_RULE = frozenset(
    {
        "AllergyIntolerance",
        "MedicationStatement",
        "MedicationRequest",
        "MedicationDispense",
        "MedicationAdministration",
    }
)
_WORDS = (*_CODES, "category", "title", "description", "questionnaire", "name", "addresses", "deviceName", "device")


class Router:
    """The rules of a table by resource type: the ones with conditions before those that claim the whole type."""

    def __init__(self, table: SectionTable) -> None:
        self._headings = {heading: section for section in table.sections for heading in section.headings}
        self._rules = _by_type(table)

    def section_of(self, resource: JsonObject) -> Section | None:
        """The entry's section: the heading that its sender named, else the first rule that matches; of allergies and
        medicines the rule first.
        """
        if text_of(resource.get("resourceType")) in _ALWAYS_BY_RULE:
            return self._ruled(resource) or self._headed(resource)
        return self._headed(resource) or self._ruled(resource)

    def _ruled(self, resource: JsonObject) -> Section | None:
        traits = _Traits(resource)
        rules = self._rules.get(text_of(resource.get("resourceType")), ())
        return next((section for rule, section in rules if traits.match(rule)), None)

    def _headed(self, resource: JsonObject) -> Section | None:
        """Senders of Update Record name the heading in a tag, because their entries have no other home."""
        for tag in objects_of(object_of(resource.get("meta")).get("tag")):
            if text_of(tag.get("system")).endswith(_HEADINGS):
                section = self._headings.get(text_of(tag.get("code")))
                if section:
                    return section
        return None


def _by_type(table: SectionTable) -> Mapping[str, tuple[tuple[Rule, Section], ...]]:
    found: dict[str, list[tuple[Rule, Section]]] = {}
    for section in table.sections:
        for rule in section.rules:
            found.setdefault(rule.type, []).append((rule, section))
    return {kind: tuple(sorted(rules, key=lambda pair: pair[0].rank)) for kind, rules in found.items()}


class _Traits:
    """What rules look at in one resource, each read at most once."""

    def __init__(self, resource: JsonObject) -> None:
        self._resource = resource

    def match(self, rule: Rule) -> bool:
        if rule.category and rule.category.isdisjoint(self.categories):
            return False
        if rule.code and rule.code.isdisjoint(self.codes):
            return False
        return not rule.text or any(phrase in self.words for phrase in rule.text)

    @cached_property
    def categories(self) -> frozenset[str]:
        return codes_of(self._resource.get("category"))

    @cached_property
    def codes(self) -> frozenset[str]:
        present = (self._resource[element] for element in _CODES if element in self._resource)
        return frozenset[str]().union(*(codes_of(value) for value in present))

    @cached_property
    def words(self) -> str:
        found: list[str] = []
        for element in _WORDS:
            for item in items_of(self._resource.get(element)):
                found += [item] if isinstance(item, str) else _concept_words(object_of(item))
        return " ".join(found).casefold()


def _concept_words(concept: JsonObject) -> list[str]:
    own = (text_of(concept.get(element)) for element in ("text", "display", "name"))
    return [*own, *(text_of(item.get("display")) for item in objects_of(concept.get("coding")))]
