"""Whether what a device sends looks like video: many bytes up and few down, in large frames, second after second.

Shape alone never says what is in it: a backup looks alike. Only where RTSP or RTP was seen is it called video.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from custodes.attribution.destinations import Destination
from custodes.model.assessment import Because
from custodes.model.captures import Peer

SECOND = 1_000_000_000
#: A lasting upload: at least so many bytes, so many times what came back, in frames of so many bytes on average, over
#: so many seconds of which this share carried some, at so many bits a second. Video over networks starts at about
#: 64 kbit/s (ITU-T H.320); its key frames fill frames of the network.
LEAST_BYTES, LEAST_RATIO, LEAST_FRAME = 150_000, 4.0, 500
LEAST_SECONDS, LEAST_ACTIVE, LEAST_RATE = 5.0, 0.6, 64_000
MEDIA = ("rtp", "rtsp")


class Where(StrEnum):
    """To whom it goes."""

    LOCAL = "local"
    OWN = "operator of the label"
    OTHER = "another operator"
    UNKNOWN = "operator not known"


@dataclass(frozen=True, slots=True)
class Upload:
    """A lasting upload to one peer. `video`: "seen" where RTSP or RTP was, else "consistent"."""

    peer: Peer
    where: Where
    operator: str
    video: str
    seconds: float
    because: tuple[Because, ...]


def uploads(
    external: Sequence[tuple[Peer, Destination]], local: Sequence[Peer], makers: frozenset[str]
) -> tuple[Upload, ...]:
    """The lasting uploads of a device. `makers`: suppliers that its label may be of."""
    found = []
    for peer, whose in external:
        where = Where.UNKNOWN
        if whose.operator and whose.status == "asserted":
            where = Where.OWN if whose.supplier in makers and whose.supplier else Where.OTHER
        found.append(_upload(peer, where, whose.operator))
    found += [_upload(peer, Where.LOCAL, "") for peer in local]
    return tuple(one for one in found if one is not None)


def _upload(peer: Peer, where: Where, operator: str) -> Upload | None:
    sent, seconds = peer.up, (peer.up.last - peer.up.first) / SECOND
    if sent.bytes < LEAST_BYTES or sent.bytes < LEAST_RATIO * peer.down.bytes or seconds < LEAST_SECONDS:
        return None
    if sent.bytes < LEAST_FRAME * sent.frames or sent.bytes * 8 < LEAST_RATE * seconds:
        return None
    active = sum(size > 0 for size in sent.course) / max(len(sent.course), 1)
    media = [kind for kind in MEDIA if kind in peer.talks]
    if active < LEAST_ACTIVE:
        return None
    rate = sent.bytes * 8 / seconds / 1_000
    text = f"{rate:.0f} kbit/s up for {seconds:.0f} s, {sent.bytes / max(peer.down.bytes, 1):.0f} times what came back"
    because = [Because("shape", f"{text}, in frames of {sent.bytes / sent.frames:.0f} bytes")]
    because += [Because("protocol", f"{kind.upper()} was seen") for kind in media]
    return Upload(peer, where, operator, "seen" if media else "consistent", seconds, tuple(because))
