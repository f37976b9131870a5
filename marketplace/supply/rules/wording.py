"""When wishes in words mean the same."""

from __future__ import annotations

import re
import unicodedata

_PART = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*")


def same_words(text: str) -> tuple[str, ...]:
    """Give what two wordings of the same good have in common: their words in one order.

    >>> same_words("Gula aren 1kg") == same_words("1 kg  gula Aren")
    True
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return tuple(sorted(_PART.findall(plain))) or (plain.strip(),)
