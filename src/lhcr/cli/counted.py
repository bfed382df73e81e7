"""Counts in words: `1 entry`, `2,345 entries`."""


def counted(count: int, one: str, several: str) -> str:
    return f"1 {one}" if count == 1 else f"{count:,} {several}"
