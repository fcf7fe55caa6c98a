"""Removal plans: seconds, bound and proof, with brute force beside on plans small enough for it.

    python bench/plan_speed.py [--seed 1]

First 50 plans of up to nine units are compared equal with brute force; then come plans of 200 and 5,000 units.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import sys
import time
from pathlib import Path
from typing import Any


def _problems() -> Any:
    """The module that the tests make their problems with."""
    path = Path(__file__).parents[1] / "tests/findings/test_plan.py"
    spec = importlib.util.spec_from_file_location("plans_made", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["plans_made"] = module
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Compare, then time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    seed = parser.parse_args().seed
    from importlib.metadata import version

    from custodes.findings.planning.solving import solve

    made = _problems()
    force = ours = 0.0
    for number in range(50):
        chance = random.Random(seed * 1_000 + number)
        problem = made.made(seed * 1_000 + number, chance.randint(4, 9), 2, 1, chance.choice([0.7, 1.0, 1.3]))
        started = time.process_time()
        expected = made.by_force(problem)
        force, started = force + time.process_time() - started, time.process_time()
        plan = solve(problem, 20)
        ours += time.process_time() - started
        if ((plan.exposure, plan.cost) if plan.when else None) != expected:
            raise SystemExit(f"plan {number} differs from brute force: {plan} {expected}")
    print(f"ortools {version('ortools')}, HiGHS; 50 small plans equal: {ours:.2f} CPU s, brute force {force:.2f} CPU s")
    for size, length, crews in ((200, 12, 1), (200, 12, 2), (5_000, 24, 2), (5_000, 52, 2)):
        problem = made.made(seed, size, length, crews)
        started, cpu = time.monotonic(), time.process_time()
        plan = solve(problem, 60)
        wall, took = time.monotonic() - started, time.process_time() - cpu
        off = (plan.exposure - plan.bound) / max(plan.bound, 1)
        state = "proven" if plan.proven else f"within {off:.3%} of the bound"
        print(f"{size:>6,} units, {length} periods, {crews} crews: {wall:6.1f} s, {took:6.1f} CPU s, {state}")


if __name__ == "__main__":
    main()
