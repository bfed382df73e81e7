"""The app through which a user asks, as their token says it: who let it act is the user, and every entry of the log names both."""

from typing import Annotated

import msgspec

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class CallingApp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`sub` is the client id of the app, `name` what it was registered as.

    `emergency` is whether it was registered to ask inside an emergency that its user began; `own_only` whether its user, a citizen, let it
    see their own record alone and none of those whom they act for.
    """

    sub: _Text
    name: _Text
    emergency: bool = False
    own_only: bool = False
