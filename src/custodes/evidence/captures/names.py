"""DNS messages to the notes of the device that asked, or that the answer is for."""

from __future__ import annotations

from custodes.evidence.captures.addresses import ip_text, is_group, mac_group
from custodes.evidence.captures.desk import Desk, near_party
from custodes.evidence.captures.dns import Message
from custodes.evidence.captures.ways import Key

_PLAIN = 53


def note_names(desk: Desk, key: Key, message: Message) -> None:
    """Write a message down: a question for whoever asks, an answer for whom it goes to, or its sender if it goes to
    all. Addresses are names of peers for the device that was told them."""
    to_all = is_group(key.target) or (mac_group(key.target_mac) and bool(key.target_mac))
    if message.answer and not to_all:
        party = key.target_mac or key.target
        for name, address in message.addresses:
            desk.called(party, address, name, "dns")
        for address, name in message.pointers:
            desk.called(party, address, name, "ptr")
    else:
        party = near_party(key)
        if key.dport == _PLAIN and not message.answer:
            desk.of(party).resolvers.setdefault(ip_text(key.target))
    desk.dns(party, message.names)
