"""Orders of the privacy office, as the rest of the gate needs to know them: the label of what an order restricts.

Hazard guarded here: an entry that is not to be processed is shown. The label is this record's own, given by an order alone: what a
source writes under this address in its own labels decides nothing, so that nobody can restrict, or lift, by sending an entry.
"""

from typing import Final

#: On the access class of an entry whose processing is restricted (UK GDPR Article 18); it stays until the order is released.
RESTRICTED_PROCESSING: Final = "urn:lhcr:label|restricted-processing"
