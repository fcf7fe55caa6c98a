"""custodes: who made the equipment that watches the public, how sure, and why."""

__version__ = "0.1.0"
