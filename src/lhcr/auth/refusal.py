"""A refusal of the authorization server, in the words of OAuth 2.0 (RFC 6749 5.2)."""

from typing import Final

from starlette.responses import JSONResponse

#: Answers hold tokens, or say that there is none: nobody keeps them (RFC 6749 5.1).
NOT_KEPT: Final = {"cache-control": "no-store", "pragma": "no-cache"}


class OAuthRefusal(Exception):
    """`error` is a code of OAuth's; the description is for people and never repeats what was sent."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        self.error = error
        self.description = description
        self.status = status
        super().__init__(error)


def invalid_client() -> OAuthRefusal:
    """The same for a client that is not known and one that did not prove itself: nobody learns which there are."""
    return OAuthRefusal("invalid_client", "The client is not known here, or did not prove who it is.", status=401)


def invalid_grant(description: str) -> OAuthRefusal:
    return OAuthRefusal("invalid_grant", description)


def invalid_request(description: str) -> OAuthRefusal:
    return OAuthRefusal("invalid_request", description)


def refusal_response(refusal: OAuthRefusal) -> JSONResponse:
    told = {"error": refusal.error, "error_description": refusal.description}
    return JSONResponse(told, status_code=refusal.status, headers=NOT_KEPT)
