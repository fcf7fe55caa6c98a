"""Signed notes and checkpoints: the examples of the Go library and of C2SP, and everything that is not written so."""

from __future__ import annotations

import base64
import contextlib
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from custodes.model.errors import BadInput
from custodes.publication.proof.keys import Signer, read_keys
from custodes.publication.proof.notes import BadNote, Checkpoint, read_checkpoint, read_note, write_note

#: The example in the documentation of golang.org/x/mod/sumdb/note.
PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNED = (
    f"{TEXT}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
#: The example of c2sp.org/tlog-checkpoint.
C2SP = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)


def keyed(folder: Path, text: str | bytes) -> Path:
    path = folder / "key"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_example_of_the_go_library(tmp_path: Path) -> None:
    key = read_keys(keyed(tmp_path, PRIVATE + "\n"))[0]
    signer = key.signer("")
    assert signer is not None
    assert write_note(TEXT, [signer]) == SIGNED
    assert (signer.line(), signer.verifier.line()) == (PRIVATE, PUBLIC)
    public = read_keys(keyed(tmp_path, PUBLIC))[0].verifier("")
    assert read_note(SIGNED.encode()).signed_by(public)
    assert not read_note(SIGNED.replace("know", "knew").encode()).signed_by(public)


def test_the_example_of_c2sp() -> None:
    note = read_note(C2SP.encode())
    head = read_checkpoint(note.text)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    assert head.text() == note.text
    assert note.signatures[0].name == head.origin


@pytest.mark.parametrize(
    "text",
    [
        C2SP.replace("20852163", "020852163"),
        C2SP.replace("20852163", "+20852163"),
        C2SP.replace("q2I=", "q2J="),  # base64 of the same bytes, written otherwise
        C2SP.replace("CsUY", ""),
        C2SP.replace("\n\n—", "\nfiles sha256:00\n\n—"),
        C2SP.replace("— ", "- "),
        C2SP.removesuffix("\n"),
        C2SP.replace("\n\n", "\n"),
        C2SP.replace("AYQ8=", "AYQ9="),
        C2SP + "x",
        C2SP.replace("sofa\n2", "sofa\r\n2"),
    ],
)
def test_what_is_not_written_so_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        read_checkpoint(read_note(text.encode()).text)


@given(st.integers(0, len(SIGNED.encode()) - 1), st.integers(0, 7))
def test_no_bit_of_a_signed_note_is_idle(place: int, bit: int) -> None:
    data = bytearray(SIGNED.encode())
    data[place] ^= 1 << bit
    key = read_keys_of(PUBLIC)
    try:
        note = read_note(bytes(data))
    except BadNote:
        return
    assert not note.signed_by(key)


def read_keys_of(text: str):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return read_keys(keyed(Path(folder), text))[0].verifier("")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(BadNote):
        read_checkpoint(read_note(data).text)


def test_keys_in_every_form(tmp_path: Path) -> None:
    private = Ed25519PrivateKey.generate()
    seed, public = private.private_bytes_raw(), private.public_key().public_bytes_raw()
    plain = forms.NoEncryption()
    told = {
        "pem": private.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, plain),
        "der": private.private_bytes(forms.Encoding.DER, forms.PrivateFormat.PKCS8, plain),
        "ssh": private.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.OpenSSH, plain),
        "raw": seed,
        "hex": seed.hex().encode() + b"\n",
        "base64": base64.b64encode(seed) + b"\n",
        "note": Signer("example.org/x", seed).line().encode(),
    }
    for form, data in told.items():
        key = read_keys(keyed(tmp_path, data))[0]
        assert (key.seed, key.public) == (seed, public), form
    halves = {
        "pem": private.public_key().public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo),
        "ssh": private.public_key().public_bytes(forms.Encoding.OpenSSH, forms.PublicFormat.OpenSSH),
        "raw": public,
        "note": Signer("example.org/x", seed).verifier.line().encode(),
    }
    for form, data in halves.items():
        assert any(key.public == public for key in read_keys(keyed(tmp_path, data))), form


def test_a_key_that_openssl_made(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", path], check=True, capture_output=True)
    signer = read_keys(path)[0].signer("example.org/x")
    assert signer is not None
    note = write_note("a text\n", [signer])
    subprocess.run(
        ["openssl", "pkey", "-in", path, "-pubout", "-out", tmp_path / "public.pem"], check=True, capture_output=True
    )
    assert read_note(note.encode()).signed_by(read_keys(tmp_path / "public.pem")[0].verifier("example.org/x"))


@pytest.mark.parametrize("data", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
                                  PUBLIC.replace("c74f20a3", "c74f20a4").encode(), b"\xff" * 33])  # fmt: skip
def test_no_key(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BadInput, match="no key"):
        read_keys(keyed(tmp_path, data))


def test_a_key_of_another_kind(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "x25519", "-out", path], check=True, capture_output=True)
    with pytest.raises(BadInput, match="no key"):
        read_keys(path)


def test_a_checkpoint_reads_as_it_was_written() -> None:
    head = Checkpoint("example.org/x", 7, bytes(range(32)), "ab" * 32)
    assert read_checkpoint(head.text()) == head
