"""Where pages lie: a name for each thing that every file system takes, and that no other thing has."""

from __future__ import annotations

from hashlib import sha256

from custodes.model.names import file_word


def page_of(kind: str, name: str) -> str:
    """The page of a figure, body, system, supplier or rule, such as `bodies/kent.html`."""
    return f"{kind}/{page_word(name)}.html"


def page_word(name: str) -> str:
    """A name in small letters; where that is another than the name, or that of a list, a piece of its hash follows.

    Some file systems take two names for one that differ in capitals only.
    """
    word = file_word(name)
    if word == name and name == name.lower() and name != "index":
        return name
    return word.lower() if word != name else f"{word.lower()}-{sha256(name.encode()).hexdigest()[:6]}"
