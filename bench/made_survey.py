"""A made-up survey folder: invented bodies, answers drawn by seed, two editions, the second with late returns.

python bench/made_survey.py --bodies 1000 --questions 119 --seed 1 --out DIR
"""

from __future__ import annotations

import argparse
import csv
import json
import random
from pathlib import Path

KINDS = ("county", "city", "district", "agency", "trust")
SYSTEMS = ("internal", "external", "plates", "body-worn", "drones", "helicopter", "faces", "diligence", "code")
FIRST, LATE = "2026-03-01", "2026-06-01"


def make(out: Path, bodies: int, questions: int, seed: int, *, missing: float = 0.12, policy: str = "") -> Path:
    """Writes the folder. Every question is yes or no but each seventh, a count; `missing`: share that never returns."""
    chance = random.Random(seed)
    out.mkdir(parents=True, exist_ok=True)
    names = [f"body-{place:04d}" for place in range(bodies)]
    kinds = {name: chance.choices(KINDS, (40, 25, 20, 10, 5))[0] for name in names}
    _write(
        out / "bodies.csv",
        ("body", "name", "kind", "invited_from", "invited_to"),
        ((name, f"Invented {kinds[name].title()} {place}", kinds[name], "", "") for place, name in enumerate(names)),
    )
    asked = [(f"q{place:03d}", "count" if place % 7 == 6 else "yes_no") for place in range(questions)]
    _questionnaire(out, asked)
    waves = [{"id": "w1", "opened": "2026-01-05", "questionnaire": "made-up", "title": "An invented wave"}]
    _json(out / "waves.yaml", {"waves": waves})
    _json(out / "figures.yaml", {"figures": list(_figures(asked))})
    editions = [
        {"id": "first", "title": "First results", "cut": FIRST, "published": FIRST},
        {"id": "second", "title": "With late returns", "cut": LATE, "published": LATE},
    ]
    _json(out / "editions.yaml", {"editions": editions})
    rows = []
    for name in names:
        drawn = chance.random()
        if drawn < missing:
            continue
        day = LATE if drawn > 0.9 else FIRST
        for question, kind in asked:
            if chance.random() < 0.06:
                continue
            value = str(chance.randrange(400)) if kind == "count" else chance.choice(("yes", "no", "no"))
            rows.append((name, question, "", value, "answered", "", day, "a made-up return", "w1"))
    columns = ("body", "question", "part", "value", "state", "valid_at", "recorded_at", "source", "wave")
    _write(out / "answers.csv", columns, rows)
    _json(out / "claims.yaml", {"claims": list(_claims())})
    told = f"# An invented survey: no body in it exists.\npolicy: {{invented: yes{policy}}}\nlanguages: [en]\n"
    (out / "publication.yaml").write_text(told, encoding="utf-8")
    return out


def _questionnaire(out: Path, asked: list[tuple[str, str]]) -> None:
    sections = [
        {
            "id": system,
            "title": {"en": f"Invented section {system}"},
            "questions": [
                {"id": name, "text": {"en": f"Invented question {name}?"}, "type": kind}
                for place, (name, kind) in enumerate(asked)
                if place % len(SYSTEMS) == number
            ],
        }
        for number, system in enumerate(SYSTEMS)
    ]
    told = [one for one in sections if one["questions"]]
    _json(out / "questionnaire.yaml", {"id": "made-up", "version": "1", "title": {"en": "Made up"}, "sections": told})


def _figures(asked: list[tuple[str, str]]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = [{"id": "returns", "kind": "returns", "unit": "body", "title": {"en": "Returns"}}]
    for name, kind in asked:
        one: dict[str, object] = {"id": name, "unit": "body", "question": name, "title": {"en": f"Figure of {name}"}}
        found.append(one | ({"kind": "total", "unit": "camera"} if kind == "count" else {"kind": "share"}))
    return found


def _claims() -> list[dict[str, object]]:
    said = {"said_at": LATE, "said_by": "an invented paper", "source": "made up", "text": "an invented claim"}
    return [{"id": "c1", "figure": "returns", "unit": "body", "bound": "at_least", "numerator": 1, **said}]


def _json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _write(path: Path, columns: tuple[str, ...], rows: object) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)  # type: ignore[arg-type]


def main() -> None:
    """From the command line."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("--bodies", type=int, default=1000)
    asked.add_argument("--questions", type=int, default=119)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--out", type=Path, required=True)
    told = asked.parse_args()
    print(make(told.out, told.bodies, told.questions, told.seed))


if __name__ == "__main__":
    main()
