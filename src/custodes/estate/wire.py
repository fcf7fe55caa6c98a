"""The batch function of identification on the wire: replies read and weighed, Arrow in, Arrow out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import lru_cache
from itertools import filterfalse
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from custodes.attribution.batch import evidence_object, maker_object
from custodes.attribution.wire.clues import UNREAD, Clue, clues_of
from custodes.attribution.wire.match import Hit, Matcher
from custodes.attribution.wire.named import NameScreen
from custodes.attribution.wire.touching import touching_replies
from custodes.attribution.wire.weigh import Identity, weigh
from custodes.estate.tables.columns import SHARED, one_text, whole
from custodes.evidence.wire.condense import told_apart
from custodes.evidence.wire.read import read_reply
from custodes.knowledge import Knowledge
from custodes.model.compact import compact
from custodes.model.vocab import Reason
from custodes.model.wire import Reply

#: `otherwise`: what a column holds where a table has none.
INPUT_SCHEMA = pa.schema(
    [
        pa.field("protocol", pa.string()),
        pa.field("encoding", pa.string(), metadata={"otherwise": "text"}),
        pa.field("raw", pa.string()),
    ]
)
OUTPUT_SCHEMA = pa.schema([("identity", SHARED), ("knowledge", SHARED)])
CACHE_ROWS = 50_000
#: Characters of a reply whose answer is remembered.
LONGEST_KEPT = 4_096


def identify(batches: Iterator[pa.RecordBatch], knowledge: Knowledge) -> Iterator[pa.RecordBatch]:
    """Identify the reply of each row (INPUT_SCHEMA): a JSON object as `custodes identify` prints it, without the id.

    `encoding`: text, base64 or json. Distinct replies of a batch are identified once, and remembered over batches up
    to CACHE_ROWS.
    """
    memo, matcher = _memory_of(knowledge), matcher_of(knowledge)
    for batch in batches:
        yield _one_batch(batch, knowledge, matcher, memo)


@lru_cache(maxsize=4)
def matcher_of(knowledge: Knowledge) -> Matcher:
    """The compiled fingerprints of a pack, and of rules laid beside it."""
    return Matcher.of(knowledge.fingerprints)


class _Memory:
    """Replies and the numbers of their answers; long replies are not kept: they seldom repeat."""

    def __init__(self) -> None:
        self.number_of: dict[str, int] = {}
        self.answers: list[bytes] = []
        self._numbers: dict[bytes, int] = {}

    def has_room(self, replies: int) -> bool:
        """Whether so many more can be kept."""
        return max(len(self.number_of), len(self.answers)) + replies <= CACHE_ROWS

    def clear(self) -> None:
        """Forget everything."""
        for held in (self.number_of, self.answers, self._numbers):
            held.clear()

    def keep(self, reply: str, answer: bytes) -> None:
        """Remember an answer: many replies have the same one, which is kept once."""
        number = self._numbers.setdefault(answer, len(self.answers))
        if number == len(self.answers):
            self.answers.append(answer)
        self.number_of[reply] = number


@lru_cache(maxsize=2)
def _memory_of(_knowledge: Knowledge) -> _Memory:
    """What was answered by this pack before."""
    return _Memory()


@lru_cache(maxsize=4)
def _names_of(knowledge: Knowledge) -> NameScreen:
    return NameScreen(knowledge)


def touched(old: Knowledge, new: Knowledge) -> Callable[[pa.RecordBatch], Any] | str:
    """Of two editions of the reference data: which rows (INPUT_SCHEMA) may be answered otherwise by the newer one, as a
    column of yes and no; or why any may."""
    touching = touching_replies(old, new)
    if isinstance(touching, str):
        return touching

    def rows(batch: pa.RecordBatch) -> Any:
        keys, places = _distinct(batch)
        replies = [read_reply(*key.split("\0", 2)) for key in keys]
        return pa.array(touching.replies(replies), pa.bool_()).take(places)

    return rows


def _one_batch(batch: pa.RecordBatch, knowledge: Knowledge, matcher: Matcher, memory: _Memory) -> pa.RecordBatch:
    keys, places = _distinct(batch)
    wanted = list(filterfalse(memory.number_of.__contains__, keys))
    if wanted:
        if not memory.has_room(len(wanted)):
            memory.clear()
            wanted = keys
        replies = [read_reply(*key.split("\0", 2)) for key in wanted]
        for key, identity in zip(wanted, identities_of(replies, knowledge, matcher), strict=True):
            memory.keep(key, _rendered(identity))
    of_keys: Any = pa.array(map(memory.number_of.__getitem__, keys), pa.int32(), size=len(keys)).dictionary_encode()
    for key in wanted:
        if len(key) > LONGEST_KEPT:
            memory.number_of.pop(key, None)
    texts = pa.array([memory.answers[number] for number in of_keys.dictionary.to_pylist()], pa.binary())
    answers = pa.DictionaryArray.from_arrays(of_keys.indices.take(places), texts.view(pa.string()))
    return pa.record_batch([answers, one_text(knowledge.version, batch.num_rows)], schema=OUTPUT_SCHEMA)


def _distinct(batch: pa.RecordBatch) -> tuple[list[str], Any]:
    """Protocol, encoding and reply of each distinct row as one text; and for each row the place of its text."""
    heads = [whole(batch.column(name)).dictionary_encode() for name in ("protocol", "encoding")]
    replies, all_text = whole(batch.column("raw")), heads[1].dictionary.to_pylist() == ["text"]
    raw = told_apart(replies) if all_text else replies.dictionary_encode()
    protocols, encodings = (column.dictionary.to_pylist() for column in heads)
    starts = [f"{protocol}\0{encoding}\0" for protocol in protocols for encoding in encodings]
    head: Any = pc.add(pc.multiply(heads[0].indices, len(encodings)), heads[1].indices)
    rows: Any = pc.add(pc.multiply(raw.indices.cast(pa.int64()), len(starts)), head).dictionary_encode()
    texts: Any = pc.divide(rows.dictionary, len(starts))
    begun: Any = pc.subtract(rows.dictionary, pc.multiply(texts, len(starts)))
    heads_of: Any = pa.array(starts, pa.string()).take(begun)
    keys: Any = pc.binary_join_element_wise(heads_of, raw.dictionary.take(texts), "")
    return keys.to_pylist(), rows.indices


def identities_of(replies: Sequence[Reply], knowledge: Knowledge, matcher: Matcher | None = None) -> list[Identity]:
    """The identity in each reply. Texts of one field are matched together, each distinct one once."""
    return devices_of([(reply,) for reply in replies], knowledge, matcher)


def devices_of(
    devices: Sequence[Sequence[Reply]], knowledge: Knowledge, matcher: Matcher | None = None
) -> list[Identity]:
    """The identity of each device in all its replies together; contradictions between them are kept."""
    held = _hits(devices, matcher or matcher_of(knowledge))
    read = (pair for replies in devices for reply in replies for pair in reply.texts)
    told = dict.fromkeys(text for field, text in read if field not in UNREAD)
    names = _names_of(knowledge).that_may_name(list(told))
    known: dict[tuple[Reply, ...], Identity] = {}  # what says the same is the same goods
    found = []
    for replies in devices:
        said = tuple(replies)
        identity = known.get(said)
        if identity is None:
            identity = known[said] = _identity(said, held, names, knowledge)
        found.append(identity)
    return found


def _identity(
    said: tuple[Reply, ...],
    held: Mapping[tuple[str, str], Sequence[Hit]],
    names: Set[str],
    knowledge: Knowledge,
) -> Identity:
    """`held`: the rules that hold for texts of one field; `names`: the texts that may name a brand."""
    hits: dict[tuple[str, str], Sequence[Hit]] = {}
    clues: list[Clue] = []
    for reply in said:
        hits_of = {pair: found for pair in reply.texts if (found := held.get(pair))}
        clues += clues_of(reply, hits_of, names, knowledge)
        hits.update(hits_of)
    says = clues or any(reply.parts for reply in said)
    return weigh(said, hits, clues, knowledge) if says else NOTHING


def _hits(devices: Sequence[Sequence[Reply]], matcher: Matcher) -> dict[tuple[str, str], Sequence[Hit]]:
    """Field and text to the rules that hold, for all texts that any rule holds for."""
    by_field: dict[str, dict[str, None]] = {}
    for replies in devices:
        for reply in replies:
            for field, text in reply.texts:
                by_field.setdefault(field, {})[text] = None
    held: dict[tuple[str, str], Sequence[Hit]] = {}
    for field, texts in by_field.items():
        listed = list(texts)
        for text, hits in zip(listed, matcher.match(field, listed), strict=True):
            if hits:
                held[field, text] = hits
    return held


#: The identity of a reply that says nothing of its device.
NOTHING = Identity(reason=Reason.NO_BRAND)


def _rendered(identity: Identity) -> bytes:
    if identity is NOTHING:
        return _NOTHING_SAID
    return compact(identity_object(identity))


def identity_object(identity: Identity) -> dict[str, Any]:
    """An identity as `custodes identify` prints it."""
    return {
        "brand": identity.brand,
        "brand_name": identity.brand_name,
        "model": identity.model,
        "firmware": identity.firmware,
        "serial": identity.serial,
        "mac": identity.mac,
        "device_type": identity.device_type,
        "surveillance": identity.surveillance,
        "status": str(identity.status),
        "confidence": identity.confidence,
        "reason": str(identity.reason) if identity.reason else None,
        "oem": [maker_object(item) for item in identity.makers],
        "evidence": [evidence_object(item) for item in identity.because],
    }


_NOTHING_SAID = compact(identity_object(NOTHING))
