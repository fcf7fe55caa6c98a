"""The brands that a text names, by the reference data: handed to rooms that do not know of it."""

from __future__ import annotations

from collections.abc import Callable


def namer() -> Callable[[str], list[str]]:
    """Text to the ids of the brands it names or may name."""
    from custodes.attribution.text import resolve_text
    from custodes.knowledge import knowledge
    from custodes.model.vocab import Status

    loaded = knowledge()

    def named(text: str) -> list[str]:
        mentions = resolve_text(text, loaded, explain=False).mentions
        return [item.brand for item in mentions if item.status is not Status.UNKNOWN]

    return named
