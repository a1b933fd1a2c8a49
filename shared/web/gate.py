"""Who stands at the door: sessions, what their account may do here, and tickets of the identity provider.

A session token is 32 random bytes in a cookie; only its SHA-256 is stored. System time, never business time.
Everything here runs in the audience `<service>_gate`.
"""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from msgspec import Struct

from shared.db import Transaction
from shared.errors import Conflict, NotSignedIn, Refused
from shared.ids import secret_id

SESSION_LASTS = timedelta(hours=16)
TICKET_LASTS = 60
REMEMBERED_SECONDS = 30
MOST_REMEMBERED = 4096


class Grant(Struct, frozen=True):
    """What an account may do in this service. scope: which branch, panel or edition; "" is the whole service."""

    role: str
    scope: str = ""


class Session(Struct, frozen=True, kw_only=True):
    """One sign-in. csrf: the token every write must repeat. device_id: the enrolled device it was opened on, if any."""

    token: str
    person_id: UUID
    handle: UUID
    grants: frozenset[Grant]
    device_id: UUID | None = None

    @property
    def csrf(self) -> str:
        return csrf(self.token)


class Remembered:
    """Sessions found a moment ago, for a hot address that need not ask the database who is asking each time.

    A session that ends elsewhere is still let in for `REMEMBERED_SECONDS`: only for an address where that does no harm.
    """

    def __init__(self) -> None:
        self._found: dict[str, tuple[float, Session]] = {}

    def get(self, token: str) -> Session | None:
        until, session = self._found.get(token, (0.0, None))
        return session if time.monotonic() < until else None

    def keep(self, session: Session) -> None:
        if len(self._found) >= MOST_REMEMBERED:
            self._found.clear()
        self._found[session.token] = (time.monotonic() + REMEMBERED_SECONDS, session)

    def forget(self, token: str) -> None:
        self._found.pop(token, None)


def csrf(token: str) -> str:
    return hmac.digest(token.encode(), b"csrf", "sha256").hex()[:32]


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def start(
    tx: Transaction, person_id: UUID, handle: UUID, device_id: UUID | None = None, roles: Sequence[str] | None = None
) -> str:
    """Open a session and return its token, which is stored nowhere.

    device_id: the enrolled device it ends with. roles: what it is limited to of what the account may do.
    """
    token = secrets.token_urlsafe(32)
    await tx.execute(
        """INSERT INTO sessions (token_hash, person_id, handle, expires_at, device_id, roles)
           VALUES ($1, $2, $3, $4, $5, $6)""",
        _hashed(token), person_id, handle, datetime.now(UTC) + SESSION_LASTS, device_id, roles,
    )  # fmt: skip
    return token


async def find(tx: Transaction, token: str) -> Session | None:
    """The live session of a token with its grants, or None."""
    row = await tx.fetchrow(
        """SELECT s.person_id, s.handle, s.device_id,
                  coalesce(array_agg(g.role || '|' || g.scope) FILTER (WHERE g.role IS NOT NULL), '{}') AS grants
             FROM sessions s LEFT JOIN grants g ON g.handle = s.handle AND (s.roles IS NULL OR g.role = ANY(s.roles))
            WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > clock_timestamp()
            GROUP BY s.person_id, s.handle, s.device_id""",
        _hashed(token),
    )
    if row is None:
        return None
    grants = frozenset(Grant(*each.split("|", 1)) for each in row["grants"])
    return Session(
        token=token, person_id=row["person_id"], handle=row["handle"], grants=grants, device_id=row["device_id"]
    )


async def end(tx: Transaction, token: str) -> None:
    await tx.execute("UPDATE sessions SET revoked_at = clock_timestamp() WHERE token_hash = $1", _hashed(token))


async def end_all(tx: Transaction, person_id: UUID) -> None:
    """Sign a person out everywhere in this service, e.g. after a changed password."""
    await tx.execute(
        "UPDATE sessions SET revoked_at = clock_timestamp() WHERE person_id = $1 AND revoked_at IS NULL", person_id
    )


async def end_of_device(tx: Transaction, device_id: UUID) -> None:
    """End what was opened on a device. Any audience with the right may call it."""
    await tx.execute(
        "UPDATE sessions SET revoked_at = clock_timestamp() WHERE device_id = $1 AND revoked_at IS NULL", device_id
    )


async def end_own(tx: Transaction, handle: UUID) -> None:
    """End what an account opened by signing in; what it opened on an enrolled device ends with that device."""
    await tx.execute(
        "UPDATE sessions SET revoked_at = clock_timestamp() WHERE handle = $1 AND device_id IS NULL AND revoked_at IS NULL",
        handle,
    )


async def grant(tx: Transaction, handle: UUID, role: str, scope: str = "") -> None:
    """Let an account do a role's work here; granting twice is granting once. Any audience with the right may call it."""
    await tx.execute(
        "INSERT INTO grants (handle, role, scope) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", handle, role, scope
    )


def issue_ticket(private_key: bytes, audience: str, person_id: UUID, handle: UUID) -> str:
    """A ticket for one other service: Ed25519, 60 s, one use. It states the person and the sign-in time, no role."""
    claims = {"jti": str(secret_id()), "aud": audience, "sub": str(person_id), "handle": str(handle), "iat": int(time.time())}
    key = OKPKey.import_key(private_key.decode())
    return jws.serialize_compact({"alg": "Ed25519"}, json.dumps(claims), key, algorithms=["Ed25519"])


async def swap_ticket(tx: Transaction, public_key: bytes, audience: str, ticket: str) -> str:
    """Take a ticket for a session of one's own. Raises NotSignedIn: ticket_invalid, ticket_expired, ticket_used."""
    try:
        signed = jws.deserialize_compact(ticket, OKPKey.import_key(public_key.decode()), algorithms=["Ed25519"])
        claims = json.loads(signed.payload)
        person_id, handle, ticket_id = UUID(claims["sub"]), UUID(claims["handle"]), UUID(claims["jti"])
        issued, meant = int(claims["iat"]), claims["aud"]
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise NotSignedIn("ticket_invalid") from error
    if meant != audience:
        raise NotSignedIn("ticket_invalid")
    if not 0 <= time.time() - issued + 5 <= TICKET_LASTS + 5:
        raise NotSignedIn("ticket_expired")
    fresh = await tx.fetchval(
        "INSERT INTO used_tickets (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING true", ticket_id
    )
    if not fresh:
        raise NotSignedIn("ticket_used")
    return await start(tx, person_id, handle)


async def claim_administration(tx: Transaction, handle: UUID, code: str, code_hash: str) -> None:
    """Make the first administrator of this service. Raises Conflict: setup_done; Refused: first_code_wrong."""
    await tx.execute("SELECT pg_advisory_xact_lock(7261002)")
    if await has_administrator(tx):
        raise Conflict("setup_done")
    if not hmac.compare_digest(hashlib.sha256(code.strip().upper().encode()).hexdigest(), code_hash.strip()):
        raise Refused("first_code_wrong", field="code")
    await grant(tx, handle, "administrator")


async def has_administrator(tx: Transaction) -> bool:
    return bool(await tx.fetchval("SELECT EXISTS (SELECT FROM grants WHERE role = 'administrator')"))
