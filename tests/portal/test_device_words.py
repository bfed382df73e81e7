"""The words for a device: enough to know one's own by."""

import pytest

from lhcr.portal.device_words import device_words

_SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1"
_EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36 Edg/122.0.0.0"
_CHROME = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Mobile Safari/537.36"
_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (_SAFARI, "Safari on an iPhone"),
        (_EDGE, "Edge on a Windows computer"),
        (_CHROME, "Chrome on an Android phone or tablet"),
        (_FIREFOX, "Firefox on a Linux computer"),
        ("", "A browser on another device"),
        ("<script>alert(1)</script> 9990000018", "A browser on another device"),
        ("x" * 2_000 + "Firefox/1", "A browser on another device"),
    ],
)
def test_a_device_is_told_by_its_kind_and_nothing_that_is_sent_is_repeated(told: str, words: str) -> None:
    assert device_words(told) == words
