"""Loads, validates and compiles the knowledge pack into immutable look-ups. No opinion about any device."""

from custodes.knowledge.compile import Knowledge, compile_pack, knowledge
from custodes.knowledge.load import load_pack

__all__ = ["Knowledge", "compile_pack", "knowledge", "load_pack"]
