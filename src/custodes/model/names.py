"""File names from what people call things."""

from __future__ import annotations

from hashlib import sha256


def file_word(text: str) -> str:
    """A word that every file system takes, and that no other text gives.

    Letters, digits, "-" and "_" stay; where anything else had to go, a piece of the text's hash follows.
    """
    kept = "".join(mark if mark.isascii() and (mark.isalnum() or mark in "-_") else "-" for mark in text)[:60]
    return kept if kept == text and kept else f"{kept.strip('-')}-{sha256(text.encode()).hexdigest()[:6]}".strip("-")
