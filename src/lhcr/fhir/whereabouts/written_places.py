"""Places in free text: postcodes, telephone numbers and addresses of electronic mail, by how they are written in the United Kingdom.

Hazard: the address of a restricted person is exposed by a note or an answer in words. Hazard: care dropped: no more of a text is left out
than what has the form of one of these, so that doses and units (`B12 5mg`) stay.
"""

import re
from typing import Final

_WITHHELD: Final = "[withheld]"
#: The areas of postcodes, without which `T4 3pg` would be one.
_AREAS: Final = (
    "AB|AL|BA|BB|BD|BF|BH|BL|BN|BR|BS|BT|BX|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|EC|EH|EN|EX|FK|FY|GL|GU|GY|HA|HD"
    "|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|LA|LD|LE|LL|LN|LS|LU|ME|MK|ML|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|SA"
    "|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE|B|E|G|L|M|N|S|W"
)
#: Its last two letters, of which six never occur; those below are units and endings in small letters.
_UNITS: Final = "bd|dl|ed|fl|gr|hr|hz|lb|nd|ng|pa|pg|qd|rd|st|th|ug|wk|yr"
_POSTCODE: Final = re.compile(
    rf"\b(?:{_AREAS})[0-9][0-9A-HJKMNPR-Y]?\s{{0,2}}[0-9](?!(?-i:{_UNITS})\b)[ABD-HJLNP-UW-Z]{{2}}\b", re.IGNORECASE
)
_TELEPHONE: Final = re.compile(r"(?<![\w.])(?:\+44 ?\(0\)|\+44|0044|0)(?:[ ()-]{0,3}[0-9]){9,10}(?![\w])")
_MAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


def without_written_places(text: str) -> str:
    """Return a text in which each of these is replaced; the same text where there is none."""
    for form in (_POSTCODE, _TELEPHONE, _MAIL):
        text = form.sub(_WITHHELD, text)
    return text
