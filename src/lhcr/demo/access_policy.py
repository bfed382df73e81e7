"""What the demonstration area replaces of the baseline policy of access: it takes its GP practice's word on who acts for whom
and on what people object to.

The telephone number is one of those that are kept for invented people.
"""

import json
from typing import Final

from lhcr.demo.organisations import GP_PRACTICE

#: The setting `access-policy` of the area, always the same bytes.
ACCESS_POLICY: Final = json.dumps(
    {
        "proxy_sources": [GP_PRACTICE.ods],
        "consent": {
            "sources": [GP_PRACTICE.ods],
            "authors": ["professional", "system"],
            "to_everybody": "deny-unless-emergency",
            "to_an_organisation": "deny-unless-emergency",
            "to_a_part": "deny-unless-emergency",
        },
        "contact": {"name": "the record's help desk", "telephone": "01632 960 999"},
    }
).encode()
