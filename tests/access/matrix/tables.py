"""The tables of `docs/rules.md`, copied from the text by hand. Nothing here is read from the program or from its policy."""

from typing import Final

CLINICAL: Final = frozenset(
    [
        "product",
        "medication",
        "allergy",
        "problem",
        "formulation",
        "family-history",
        "procedure",
        "request",
        "investigation",
        "result",
        "observation",
        "examination",
        "encounter",
        "document",
        "vaccination",
        "care-plan",
        "consent",
        "list",
        "administrative",
        "other",
    ]
)
EVERYTHING: Final = CLINICAL | {"demographics", "directory"}
TYPES: Final = {
    "Patient": {"demographics"},
    "Observation": {"observation", "result", "procedure", "examination"},
    "ServiceRequest": {"request", "investigation"},
    "MedicationRequest": {"medication"},
    "Medication": {"product"},
    "Organization": {"directory"},
    "AllergyIntolerance": {"allergy"},
    "ClinicalImpression": {"formulation"},
    "FamilyMemberHistory": {"family-history"},
    "Consent": {"consent"},
    "Appointment": {"administrative"},
    "AuditEvent": {"other"},
}
READS: Final = {"B0820": {"demographics"}, "B0370": {"demographics"} | CLINICAL}
WRITES: Final = {"B0825": {"demographics"}}
WRITES_BY_ROLE: Final = {role: CLINICAL | {"directory"} for role in ("R8000", "R8001", "R8003")}
NOT_READ_BY_OCCUPATION: Final = {
    "pharmacist": {"formulation"},
    "pharmacy-technician": EVERYTHING
    - {"demographics", "product", "medication", "allergy", "problem", "vaccination", "list"},
    "social-worker": {"family-history", "investigation", "result", "examination"},
}
WRITTEN_BY_OCCUPATION: Final = {"pharmacy-technician": {"demographics", "product", "medication", "allergy", "list"}}
PURPOSES: Final = {
    "professional": {"TREAT"},
    "citizen": {"PATRQT"},
    "system": {"TREAT", "HOPERAT"},
    "office": {"HOPERAT"},
    "operator": {"HOPERAT"},
}
RELATIONSHIPS: Final = (
    "registration",
    "encounter",
    "episode",
    "referral",
    "appointment",
    "caseload",
    "prescription",
    "dispensing",
    "nominated-pharmacy",
    "contribution",
)
#: What each way of signing in may ever grant.
WAYS: Final = {
    "cis2-aal3": {
        "directory",
        "write-entries",
        "claim-relationship",
        "B0820",
        "B0825",
        "B0370",
        "B0168",
        "B0082",
        "B0011",
    },
    "cis2-aal2": {"directory", "write-entries", "claim-relationship", "B0820", "B0825", "B0370", "B0168"},
    "nhs-login-p9": {"directory", "own-record"},
    "client-credentials": {"directory", "own-contribution"},
    "persona": {
        *("directory", "own-contribution", "own-record", "write-entries", "claim-relationship"),
        *("B0820", "B0825", "B0370", "B0168", "B0082", "B0011"),
    },
    "command-line": {"directory", "own-contribution", "B0011", "B0082"},
    "not-told": set(),
}
CONTEXTS: Final = {"citizen": {"patient", "user"}, "system": {"system"}}
OLD_LETTERS: Final = {"read": "rs", "write": "cud", "*": "cruds"}
LETTERS: Final = {
    "read": "r",
    "vread": "r",
    "history": "r",
    "search": "s",
    "everything": "rs",
    "create": "c",
    "update": "u",
    "patch": "u",
    "delete": "d",
    "trace": "s",
    "audit-read": "s",
    # No scope has it.
    "order": "-",
}
#: Labels that rows carry in the matrix, each by a name of its own: whether they are sensitive, and whether only as R of Confidentiality.
SENSITIVE: Final = frozenset({"hiv", "hiv-of-stu3", "v", "r", "r-and-hiv", "r-and-nopat", "choice", "choice-and-hiv"})
#: The person's own word, and not to be told to others.
ONLY_CHOICE: Final = frozenset({"choice"})
ONLY_RESTRICTED: Final = frozenset({"r", "r-and-nopat"})
#: Restricted by an order.
RESTRICTED_PROCESSING: Final = frozenset({"processing", "processing-and-r"})
NOT_TO_BE_TOLD: Final = frozenset({"nopat", "r-and-nopat"})
CLAIMANTS: Final = frozenset({"R8000", "R8001", "R8003"})
#: Systems that act for the asker: for people of whose organisation they are registered, and for which purposes.
ACTING: Final = {
    "registered": ("own", {"TREAT", "HOPERAT"}),
    "for-another-organisation": ("other", {"TREAT", "HOPERAT"}),
    "for-operations-alone": ("own", {"HOPERAT"}),
}
#: Apps through which somebody asks: as they come, registered for emergencies, and let see the own record alone.
APPS: Final = ("plain", "urgent", "own-only")
#: Objections that persons of the matrix have. To the whole: with everybody, or with the asker's organisation by name.
TO_THE_WHOLE: Final = frozenset({"to-everybody", "by-name"})
OBJECTIONS: Final = (
    *sorted(TO_THE_WHOLE),
    "to-all-but-results",
    "to-the-source",
    "to-observations",
    "to-results-of-the-source",
)
