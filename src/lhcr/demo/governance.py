"""What stands in the demonstration area before anybody comes: agreements, a value set, what a hospital tells of its staff, what people say.

All of it is invented, as the people are.
"""

import json
from datetime import date, timedelta
from typing import Final

from lhcr.demo.organisations import COUNCIL, HOSPITAL
from lhcr.demo.people import BY_KEY

#: The area next door, which is in no directory here.
_NEIGHBOUR: Final = "ZNB"
_TESTED_FOR: Final = timedelta(days=30)

VALUE_SET: Final = (
    b"# name: demonstration-sexual-health\n# version: 1\n# label: STD\n"
    b"http://snomed.info/sct|8098009\n"  # Sexually transmitted infectious disease.
)
URGENT_WORDS: Final = "Brought in unconscious. I need to know what he takes and what he is allergic to."
CLAIM_WORDS: Final = "He has just come to Ward 7 from another hospital. His transfer is not in our system yet."
DOUBT_WORDS: Final = "I was at home that day and had no appointment."
#: The user is not told that the person asked: their page promises so.
QUESTION_WORDS: Final = "The log shows that you opened this record. What did you need it for?"
DISPUTED_CODE: Final = "Ibuprofen"
DISPUTE_WORDS: Final = "I have never taken ibuprofen. It was aspirin that made me sick."


def agreements(*, today: date) -> bytes:
    """Return the file of agreements: what the council shares with the neighbouring area is only tried as yet."""
    agreement = {
        "id": "council-with-neighbour",
        "sources": [COUNCIL.ods],
        "recipients": [_NEIGHBOUR],
        "categories": ["*"],
        "state": "testers",
        "testers": [{"organisation": _NEIGHBOUR, "user": "clinical-safety-officer"}],
        "from": (today - _TESTED_FOR).isoformat(),
    }
    return json.dumps({"agreements": [agreement]}).encode()


def staff() -> bytes:
    """Return what the hospital tells of its staff: its ward nurse lives in the house of somebody whom the ward looks after."""
    home = BY_KEY["rich"].person.home
    lines = (
        "organisation,user_id,nhs_number,family_name,postcode,address_line",
        f"{HOSPITAL.ods},persona:ward-nurse,,Daly,{home.postcode},{home.line}",
        f"{HOSPITAL.ods},persona:ed-doctor,,Asante,QA9 9ZZ,9 Quarry Bank",
    )
    return "\n".join(lines).encode()
