"""What the demonstration area replaces of the baseline policy of access: it takes its GP practice's word on who acts for whom, on
what people object to, and on which pharmacy they chose.

The telephone number is one of those that are kept for invented people.
"""

import json
from typing import Final

from lhcr.demo.organisations import GP_PRACTICE

#: As in the baseline, but that the practice says which pharmacy somebody nominated: pharmacies send no Patients of their own.
_RELATIONSHIPS: Final = {
    "days_open": {"episode": 180, "caseload": 90},
    "encounter_days_open": {"IMP": 90, "ACUTE": 90, "NONAC": 90, "HH": 30},
    "sources": {
        "registration": "own",
        "encounter": "own",
        "episode": "own",
        "caseload": "own",
        "appointment": "own",
        "dispensing": "own",
        "nominated-pharmacy": ["own", GP_PRACTICE.ods],
        "referral": "any",
        "prescription": "any",
    },
}
#: The setting `access-policy` of the area, always the same bytes.
ACCESS_POLICY: Final = json.dumps(
    {
        "proxy_sources": [GP_PRACTICE.ods],
        "relationships": _RELATIONSHIPS,
        "consent": {
            "sources": [GP_PRACTICE.ods],
            "authors": ["professional", "system", "citizen"],
            "to_everybody": "deny-unless-emergency",
            "to_an_organisation": "deny-unless-emergency",
            "to_a_part": "deny-unless-emergency",
        },
        "contact": {"name": "the privacy office of the care record", "telephone": "01632 960 999"},
    }
).encode()
