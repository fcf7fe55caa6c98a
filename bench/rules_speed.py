"""Speed of asking every rule of the reference data about many devices, each with facts of its own.

Facts that no rule asks for are left out by the program itself; `questions` of the output counts what is left.

    python bench/rules_speed.py [--devices 100000] [--seed 1] [--body-kind us-federal-contractor]

The answers are first compared with those given one rule at a time. There is no peer that answers these questions.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from datetime import date

from custodes.knowledge import knowledge
from custodes.measures.answer import Rules
from custodes.measures.firms import firms_on
from custodes.measures.subject import Asked, Subject
from custodes.model.rules import Answer


def subjects(count: int, seed: int) -> list[Subject]:
    """`count` devices, each with a fact of its own, so that no memory helps."""
    chance = random.Random(seed)
    makers = sorted(knowledge().pack.suppliers)
    found = []
    for number in range(count):
        maker = chance.choice(makers) if chance.random() < 0.8 else None
        found.append(
            Subject(
                label_firm=maker or chance.choice(makers),
                label_known=True,
                maker=maker,
                classes=frozenset((chance.choice(("camera", "drone", "recorder", "anpr")),)),
                sensitive=chance.choice((True, False, None)),
                purposes=chance.choice((frozenset(("public-safety",)), None)),
                facts=(("number", str(number)),),
            )
        )
    return found


def main() -> None:
    """Compare, then measure; one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--body-kind", default="us-federal-contractor")
    arguments = parser.parse_args()
    loaded, day = knowledge(), date(2026, 6, 9)
    asked = Asked(day.isoformat(), kind=arguments.body_kind)
    rules = Rules(loaded.pack.rulebook, firms_on(day, loaded), asked)
    devices = subjects(arguments.devices, arguments.seed)
    for device in devices[:200]:
        told = {answer.id: answer.reaches for answer in rules.of(device)}
        for key in loaded.pack.rulebook.rules:
            alone = rules.one(key, device).reaches
            assert alone is told.get(key, alone), key
            assert key in told or alone is not Answer.YES or loaded.pack.rulebook.rules[key].about == "body", key
    start = time.process_time()
    answers = sum(len(rules.of(device)) for device in devices)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "devices": len(devices),
                "rules": len(loaded.pack.rulebook.rules),
                "answers": answers,
                "questions": rules.questions,
                "cpu": round(seconds, 2),
                "peak_mb": round(peak),
            }
        )
    )


if __name__ == "__main__":
    main()
