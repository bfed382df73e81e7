"""The kind of a device in plain words, from what a browser says of itself: enough to know one's own by, and too little to follow anybody."""

from typing import Final

#: What stands in a browser's name for itself, the first that does; each names those below it too.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_DEVICES: Final = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "an Android phone or tablet"),
    ("CrOS", "a Chromebook"),
    ("Windows", "a Windows computer"),
    ("Macintosh", "a Mac"),
    ("Linux", "a Linux computer"),
)
_LONGEST: Final = 1_000


def device_words(user_agent: str) -> str:
    """Return such as "Firefox on a Windows computer". Nothing of what is sent is repeated."""
    told = user_agent[:_LONGEST]
    browser = next((name for mark, name in _BROWSERS if mark in told), "A browser")
    return f"{browser} on {next((name for mark, name in _DEVICES if mark in told), 'another device')}"
