"""A tablet's queue as its page gives it out, made here in Python."""

import base64
import hashlib
import json
import zlib


def content(*records: tuple[bytes, str]) -> bytes:
    """The file: (bytes of the revision, signature) each."""
    told = {
        "format": "laurel-queue-1",
        "records": [{"signature": signature, "wire": wire.decode()} for wire, signature in records],
    }
    return json.dumps(told, ensure_ascii=False).encode()


def codes(content: bytes, chunk: int = 100) -> list[str]:
    """The texts of its QR codes."""
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(content) + packer.flush()
    text, name = base64.urlsafe_b64encode(packed).decode().rstrip("="), hashlib.sha256(packed).hexdigest()[:8]
    pieces = [text[at : at + chunk] for at in range(0, len(text), chunk)]
    return [
        f"LQ1.{name}.{at}.{len(pieces)}.{hashlib.sha256(piece.encode()).hexdigest()[:6]}.{piece}"
        for at, piece in enumerate(pieces, start=1)
    ]
