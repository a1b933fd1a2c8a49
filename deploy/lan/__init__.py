"""HTTPS in a hall without internet: Caddy's own authority, and a page that offers its root certificate.

A tablet keeps nothing and has no keys on a page without https. So the server makes its own certificate; each tablet must
once trust the root it hangs on, which is offered at a plain http address with the steps for each kind of tablet.
"""

import io
import shutil
import socket
from pathlib import Path
from string import Template

import segno
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from msgspec import Struct

PAGE = Path(__file__).with_name("page.html")
ROOT_NAME = "root.crt"
NOWHERE = "10.255.255.255"


class Offer(Struct, frozen=True, kw_only=True):
    """address: of the page that offers the root. name: what tablets call it. fingerprint: SHA-256, to compare."""

    address: str
    name: str
    fingerprint: str


def own_address() -> str | None:
    """This machine's address in its network, as it would call out from; nothing is sent. None: there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((NOWHERE, 9))
            found: str = probe.getsockname()[0]
        except OSError:
            return None
    return None if found.startswith(("127.", "0.")) else found


def offer(root: Path, folder: Path, address: str, target: str) -> Offer:
    """Put the root certificate and its page where Caddy serves them. target: the https address tablets shall open."""
    certificate = x509.load_pem_x509_certificate(root.read_bytes())
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    told = Offer(
        address=address,
        name=str(names[0].value) if names else "Caddy",
        fingerprint=certificate.fingerprint(SHA256()).hex(":").upper(),
    )
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(root, folder / ROOT_NAME)
    page = Template(PAGE.read_text("utf-8")).substitute(
        target=target, picture=_picture(target), name=told.name, fingerprint=told.fingerprint, root=ROOT_NAME
    )
    (folder / "index.html").write_text(page, "utf-8")
    return told


def drawn(address: str) -> str:
    """An address as a QR of characters."""
    text = io.StringIO()
    segno.make(address, error="l", micro=False).terminal(out=text, compact=True, border=2)
    return text.getvalue()


def _picture(address: str) -> str:
    made: str = segno.make(address, error="m", micro=False).svg_inline(scale=6, border=3, light="#fff", omitsize=True)
    return made
