"""What the workers' output says of attempts to get round a control, of nobody known: that there was one, and nothing of what was sent."""

from structlog.testing import capture_logs
from tests.identity.openid_provider import OpenIdProvider
from tests.portal.signing_in.visitor import Area, lead

_MARK = "Zzcanary9990000018"


async def test_each_attempt_to_get_round_a_control_is_a_line_without_what_was_sent(
    area: Area, cis2: OpenIdProvider
) -> None:
    assert cis2.issuer
    with capture_logs() as lines:
        async with area.browser() as browser:
            await lead(browser)
            await browser.get("/sign-in/cis2/back", params={"state": _MARK, "code": _MARK})
            await browser.post("/sign-in/cis2/signed-out", data={"logout_token": _MARK})
            await browser.post("/sign-out", headers={"origin": f"https://{_MARK}.example"})
            await browser.get("/sign-in/cis2", headers={"sec-fetch-site": "cross-site"})
    told = [(line["event"], line.get("error")) for line in lines]
    assert told == [
        ("sign-in-refused", "sign-in-not-begun"),
        ("sign-in-refused", "logout-token-invalid"),
        ("form-from-another-site", None),
        ("led-here-by-another-site", None),
    ]
    assert {line["log_level"] for line in lines} == {"warning"}
    assert _MARK not in str(lines)
