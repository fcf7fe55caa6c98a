"""Providers of sign-in on this machine: OpenID Connect by oidc-provider-mock, SAML 2.0 by pysaml2, both over HTTPS.

    python providers.py oidc PORT FOLDER
    python providers.py saml PORT FOLDER SERVICE

`FOLDER` holds `cert.pem` and `key.pem`; `SERVICE` is the address of the service that is signed in to. All people are
invented: whoever types an address on the page of the SAML provider is believed to be its owner.
"""

from __future__ import annotations

import datetime
import ipaddress
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

#: Who has an account at the OpenID Connect provider: number, address, whether the provider calls it verified.
PEOPLE = (
    ("1", "coordinator@ashire.example", True),
    ("2", "nobody@elsewhere.example", True),
    ("3", "sro@ashire.example", False),
    ("4", "sro@ashire.example", "false"),  # as text, as some providers have it
)
PAGE = """<!doctype html><title>Who are you?</title><form method="post">
<input type="hidden" name="SAMLRequest" value="{request}"><input type="hidden" name="RelayState" value="{relay}">
<label>Address <input name="email"></label><label>Number <input name="uid"></label>
<label>Change it once it is signed <input name="forged"></label>
<button>Go on</button></form>"""


def certificate(folder: Path) -> Path:
    """A key and a certificate of its own for this machine, which is its own authority; where the certificate lies."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return folder / "cert.pem"


def oidc(port: int, folder: Path) -> None:
    import oidc_provider_mock

    people = [
        oidc_provider_mock.User(sub=sub, claims={"email": email, "email_verified": verified})
        for sub, email, verified in PEOPLE
    ]
    app = oidc_provider_mock.app(user_claims=people, require_nonce=False)
    app.run("localhost", port, debug=False, ssl_context=(str(folder / "cert.pem"), str(folder / "key.pem")))


def saml(port: int, folder: Path, service: str) -> None:
    import flask
    import requests
    from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
    from saml2.authn_context import PASSWORD
    from saml2.config import IdPConfig
    from saml2.metadata import entity_descriptor
    from saml2.server import Server
    from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

    base = f"https://localhost:{port}"
    told = {
        "entityid": f"{base}/metadata",
        "key_file": str(folder / "key.pem"),
        "cert_file": str(folder / "cert.pem"),
        "service": {
            "idp": {
                "endpoints": {"single_sign_on_service": [(f"{base}/sso", BINDING_HTTP_REDIRECT)]},
                "policy": {"default": {"name_form": "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"}},
            }
        },
    }
    app = flask.Flask(__name__)

    def server(**more: object) -> Server:
        return Server(config=IdPConfig().load({**told, **more}))

    @app.get("/metadata")
    def metadata() -> flask.Response:
        return flask.Response(str(entity_descriptor(server().config)), mimetype="text/xml")

    @app.get("/sso")
    def ask() -> str:
        return PAGE.format(request=flask.request.args["SAMLRequest"], relay=flask.request.args.get("RelayState", ""))

    @app.post("/sso")
    def answer() -> str:
        form = flask.request.form
        known = requests.get(f"{service}/account/saml/saml/metadata/", timeout=20).text
        idp = server(metadata={"inline": [known]})
        asked = idp.parse_authn_request(form["SAMLRequest"], BINDING_HTTP_REDIRECT)
        where = idp.response_args(asked.message)
        signed = str(
            idp.create_authn_response(
                {"mail": [form["email"]], "uid": [form["uid"]]},
                userid=form["uid"],
                authn={"class_ref": PASSWORD, "authn_auth": base},
                sign_assertion=True,
                sign_alg=SIG_RSA_SHA256,
                digest_alg=DIGEST_SHA256,
                **where,
            )
        )
        if form["forged"]:
            assert form["email"] in signed
            signed = signed.replace(form["email"], form["forged"])
        sent = idp.apply_binding(BINDING_HTTP_POST, signed, where["destination"], form["RelayState"], response=True)
        return str(sent["data"])

    app.run("localhost", port, ssl_context=(str(folder / "cert.pem"), str(folder / "key.pem")))


if __name__ == "__main__":
    if sys.argv[1] == "oidc":
        oidc(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        saml(int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
