"""How thorough the generated cases are: quick by default, many more with CUSTODES_LONG=1 (`make long`)."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("quick", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", deadline=None, max_examples=3000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("long" if os.environ.get("CUSTODES_LONG") else "quick")


@pytest.fixture
def shared_data() -> Path:
    """The folder of real material that CUSTODES_DATA names; without one the test that wants it is skipped."""
    named = os.environ.get("CUSTODES_DATA")
    if not named:
        pytest.skip("CUSTODES_DATA is not set")
    return Path(named)
