"""Learn the wording of replies to requests from the labelled ones: writes src/custodes/survey/foi/wording.json.

Logistic regression (scikit-learn) over words and pairs of words, each kind of equal weight; the terms that tell most
are kept. The replies in tests/survey/foi_unseen.jsonl and foi_fresh.jsonl are never read here: they measure what was
learnt. Run by `make wording`, in an environment of its own.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from custodes.survey.foi.wording import terms  # noqa: E402

LABELLED = [ROOT / "tests" / "survey" / name for name in ("foi_replies.jsonl", "foi_ordinary.jsonl")]
MODEL = ROOT / "src" / "custodes" / "survey" / "foi" / "wording.json"
#: Terms that are kept; how little weights are held down; whole numbers a unit is written in.
TERMS, LOOSE, SCALE = 6_000, 20.0, 100
FEWEST = 2


def _fitted(texts: list[str], kinds: list[str], vocabulary: list[str] | None) -> tuple[Any, Any]:
    """The counted terms and the model over them; all terms that stand in enough replies, where none are given."""
    rare = {"vocabulary": vocabulary} if vocabulary else {"min_df": FEWEST}
    vectors = TfidfVectorizer(analyzer=terms, sublinear_tf=True, **rare)
    model = LogisticRegression(C=LOOSE, max_iter=5_000, class_weight="balanced")
    return vectors, model.fit(vectors.fit_transform(texts), kinds)


def main() -> None:
    """Fit on all terms, keep those that tell most, fit again, write."""
    lines = [line for path in LABELLED for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = [json.loads(line) for line in lines]
    texts, kinds = [row["text"] for row in rows], [row["kind"] for row in rows]
    vectors, model = _fitted(texts, kinds, None)
    telling = np.abs(model.coef_).max(axis=0) * vectors.idf_
    names = vectors.get_feature_names_out()
    kept = sorted(names[place] for place in np.argsort(-telling, kind="stable")[:TERMS])
    vectors, model = _fitted(texts, kinds, kept)
    columns = [vectors.vocabulary_[term] for term in kept]
    told = {
        "about": f"Learnt by tools/train_foi.py from {len(rows)} synthetic labelled replies; each value times {SCALE}.",
        "scale": SCALE,
        "kinds": list(model.classes_),
        "bias": [round(float(value) * SCALE) for value in model.intercept_],
    }
    lines = [f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}," for key, value in told.items()]
    each = []
    for term, column in zip(kept, columns, strict=True):
        values = [vectors.idf_[column], *model.coef_[:, column]]
        each.append(f"  {json.dumps(term, ensure_ascii=False)}: {[round(float(value) * SCALE) for value in values]}")
    body = "\n".join(["{", *lines, ' "terms": {', ",\n".join(each), " }", "}"])
    MODEL.write_text(body.replace(", ", ",") + "\n", encoding="utf-8")
    print(f"{len(rows)} replies, {len(kept)} terms, {MODEL.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
