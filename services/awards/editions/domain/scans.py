"""A scanned document as an office uploads it. Pure."""

from shared.errors import Refused

SCAN_KINDS = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff")


def check_scan(content: bytes) -> None:
    """Raises Refused: scan_needed, scan_kind_wrong (neither PDF nor PNG nor JPEG)."""
    if not content:
        raise Refused("scan_needed", field="scan")
    if not content.startswith(SCAN_KINDS):
        raise Refused("scan_kind_wrong", field="scan")
