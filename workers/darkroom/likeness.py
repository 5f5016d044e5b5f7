"""Telling that two photographs show the same page, by their fingerprints. Needs no picture and no picture library."""

SAME = 5  # bits of 64


def same_page(a: str, b: str) -> bool:
    """Whether two dhashes are near enough to be one page taken twice. Advice only; empty hashes match nothing."""
    return bool(a and b) and (int(a, 16) ^ int(b, 16)).bit_count() <= SAME
