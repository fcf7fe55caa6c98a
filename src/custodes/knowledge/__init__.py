"""Loads, validates and compiles the knowledge pack into immutable look-ups. No opinion about any device."""

from custodes.knowledge.load import load_pack
from custodes.knowledge.compile import Knowledge, compile_pack, knowledge

__all__ = ["Knowledge", "compile_pack", "knowledge", "load_pack"]
