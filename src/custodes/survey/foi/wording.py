"""How likely each kind of reply is by its wording alone: a linear model of words and pairs of words.

The weights are data (`wording.json`), learnt from labelled replies by `tools/train_foi.py`. They speak beside the cues,
which can be quoted; where the two differ a person is told.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import pairwise

#: Characters of a reply that are looked at.
LONGEST = 200_000
#: A text with fewer known terms tells nothing by its wording.
FEWEST_TERMS = 3
_LINK = re.compile(r"https?://\S+|www\.\S+")
_NUMBER = re.compile(r"\d[\d,.]*")
_TOKEN = re.compile(r"[a-z]+|0|\?|£|:")
_SHORT = (("’", "'"), ("n't", " not"), ("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'s", " is"))


def terms(text: str) -> list[str]:
    """Words and pairs of words of a text, each as often as it stands there. A number is "0", a link "zurl"."""
    told = _NUMBER.sub(" 0 ", _LINK.sub(" zurl ", text[:LONGEST].lower()))
    for short, whole in _SHORT:
        told = told.replace(short, whole)
    found = _TOKEN.findall(told)
    return [*found, *(f"{left} {right}" for left, right in pairwise(found))]


@dataclass(frozen=True)
class Wording:
    """The model. `weights`: for each term its rarity and what it adds to each of `kinds`; `bias`: of each kind."""

    kinds: Sequence[str]
    bias: Sequence[float]
    weights: Mapping[str, Sequence[float]]

    def shares(self, text: str) -> Mapping[str, float]:
        """The natural logarithm of each kind's probability; empty where the text has too few known terms."""
        counted = Counter(term for term in terms(text) if term in self.weights)
        if len(counted) < FEWEST_TERMS:
            return {}
        values = {term: (1 + math.log(count)) * self.weights[term][0] for term, count in counted.items()}
        norm = math.sqrt(sum(value * value for value in values.values()))
        scores = list(self.bias)
        for term, value in values.items():
            for place, weight in enumerate(self.weights[term][1:]):
                scores[place] += weight * value / norm
        most = max(scores)
        whole = most + math.log(sum(math.exp(score - most) for score in scores))
        return {kind: score - whole for kind, score in zip(self.kinds, scores, strict=True)}


@lru_cache(maxsize=1)
def wording() -> Wording:
    """The model that is shipped."""
    told = json.loads(resources.files("custodes.survey.foi").joinpath("wording.json").read_text(encoding="utf-8"))
    scale = told["scale"]
    weights = {term: [value / scale for value in values] for term, values in told["terms"].items()}
    return Wording(told["kinds"], [value / scale for value in told["bias"]], weights)
