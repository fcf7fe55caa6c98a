"""Ed25519 keys in the forms that people have them: PEM, OpenSSH, C2SP note keys, 32 bytes."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from custodes.model.errors import BadInput

_ED25519 = b"\x01"
_PRIVATE = "PRIVATE+KEY+"
_MOST_BYTES = 65536
_FORMS = "an Ed25519 key as PEM (openssl genpkey -algorithm ed25519), OpenSSH, or as `custodes key` writes it"


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with the name it goes by."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell it from others of the name (C2SP signed-note)."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def verify(self, signature: bytes, text: bytes) -> bool:
        """Whether the signature over a text is by this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True

    def line(self) -> str:
        """As a note key: NAME+ID+KEY."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key with the name it goes by."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        """Its public half."""
        return Verifier(self.name, _public(Ed25519PrivateKey.from_private_bytes(self.seed)))

    @property
    def key_id(self) -> bytes:
        """As of its public half."""
        return self.verifier.key_id

    def sign(self, text: bytes) -> bytes:
        """The signature over a text; the same key and text always give the same 64 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(text)

    def line(self) -> str:
        """As a note key: PRIVATE+KEY+NAME+ID+KEY."""
        return f"{_PRIVATE}{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.seed).decode()}"


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(forms.Encoding.Raw, forms.PublicFormat.Raw)


@dataclass(frozen=True, slots=True)
class Key:
    """What a key file holds. `name`: empty where the form has none. `seed`: None for a public key."""

    name: str
    public: bytes
    seed: bytes | None

    def signer(self, name: str) -> Signer | None:
        """To sign with, under its own name or the one given."""
        return None if self.seed is None else Signer(self.name or name, self.seed)

    def verifier(self, name: str) -> Verifier:
        """To check with."""
        return Verifier(self.name or name, self.public)


def read_keys(path: Path) -> list[Key]:
    """What a key file may be read as: one key; two for 32 bare bytes, which may be either half. Raises BadInput."""
    if not path.is_file():
        raise BadInput("there is no such file", where=str(path), remedy=f"give {_FORMS}")
    with path.open("rb") as stream:
        data = stream.read(_MOST_BYTES)
    found = _note_key(data) or _framed(data) or _bare(data)
    if not found:
        raise BadInput("this is no key that can be read", where=str(path), remedy=f"give {_FORMS}")
    return found


def _note_key(data: bytes) -> list[Key]:
    """NAME+ID+KEY, or PRIVATE+KEY+NAME+ID+KEY; its id must be its own."""
    told = data.decode("utf-8", "replace").strip()
    private = told.startswith(_PRIVATE)
    parts = told.removeprefix(_PRIVATE).split("+", 2)
    if len(parts) != 3 or any(sign.isspace() for sign in told):
        return []
    try:
        raw = base64.b64decode(parts[2], validate=True)
    except ValueError:
        return []
    if len(raw) != 33 or raw[:1] != _ED25519:
        return []
    found = _of_seed(raw[1:], parts[0]) if private else Key(parts[0], raw[1:], None)
    return [found] if found.verifier("").key_id.hex() == parts[1] else []


def _framed(data: bytes) -> list[Key]:
    """PEM, DER or OpenSSH, private or public."""
    for load in (forms.load_pem_private_key, forms.load_ssh_private_key, forms.load_der_private_key):
        try:
            key = load(data, None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
        if isinstance(key, Ed25519PrivateKey):
            return [_of_seed(key.private_bytes_raw(), "")]
    for read in (forms.load_pem_public_key, forms.load_ssh_public_key, forms.load_der_public_key):
        try:
            public = read(data)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
        if isinstance(public, Ed25519PublicKey):
            return [Key("", public.public_bytes_raw(), None)]
    return []


def _bare(data: bytes) -> list[Key]:
    """32 bytes, as they are or in hexadecimal or base64: a seed, or a public key."""
    told = data.strip()
    tries = [data, told]
    for decode in (binascii.unhexlify, lambda text: base64.b64decode(text, validate=True)):
        try:
            tries.append(decode(told))
        except ValueError:
            continue
    raw = next((one for one in tries if len(one) == 32), None)
    return [] if raw is None else [_of_seed(raw, ""), Key("", raw, None)]


def _of_seed(seed: bytes, name: str) -> Key:
    return Key(name, _public(Ed25519PrivateKey.from_private_bytes(seed)), seed)
