"""Brings one service's database up to its code: audience roles first, then the plain SQL of dbmate.

Migrations are `shared/migrations` (outbox, inbox, sessions …) and `services/<service>/migrations`, in order of their
numbers. Runs as the service's owner, from the migrate command only; a serving process never migrates, it asks `behind`.
"""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import asyncpg

from shared.db import Transaction, savepoint

ROOT = Path(__file__).resolve().parent.parent
ROLES_LOCK = 7_201_911
"""Advisory lock of one database: two migrate commands at once make each role once."""


def folders(service: str) -> list[Path]:
    """The folders whose migrations make this service's database."""
    return [ROOT / "shared" / "migrations", ROOT / "services" / service / "migrations"]


def migrate(service: str, audiences: Sequence[str], migrate_url: str) -> None:
    """Make the roles `<service>_<audience>` where missing and run the migrations that the database lacks.

    Raises RuntimeError with dbmate's own words where a migration fails; that migration is rolled back.
    """
    asyncio.run(_make_roles(service, audiences, migrate_url))
    _run_dbmate(service, migrate_url)
    asyncio.run(_show_versions(service, migrate_url))


async def behind(connection: Transaction, service: str) -> list[str]:
    """Versions of the migrations that stand in the code and not in the database, in order.

    Ask in the role `<service>_gate`, which alone may read the list.
    """
    expected = {file.name.split("_", 1)[0] for folder in folders(service) for file in folder.glob("*.sql")}
    try:
        async with savepoint(connection):
            rows = await connection.fetch("SELECT version FROM schema_migrations")
    except asyncpg.UndefinedTableError:
        return sorted(expected)
    return sorted(expected - {row["version"] for row in rows})


async def _make_roles(service: str, audiences: Sequence[str], migrate_url: str) -> None:
    connection = await asyncpg.connect(migrate_url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", ROLES_LOCK)
        known = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
        for role in (f"{service}_{audience}" for audience in audiences):
            if not role.replace("_", "").isalpha():
                raise ValueError(f"not a role name: {role!r}")
            if role not in known:
                await connection.execute(f"CREATE ROLE {role} NOLOGIN")
            await connection.execute(f"GRANT {role} TO {service}_app WITH INHERIT FALSE, SET TRUE")
            await connection.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
    finally:
        await connection.close()


async def _show_versions(service: str, migrate_url: str) -> None:
    connection = await asyncpg.connect(migrate_url)
    try:
        await connection.execute(f"GRANT SELECT ON schema_migrations TO {service}_gate")
    finally:
        await connection.close()


def _run_dbmate(service: str, migrate_url: str) -> None:
    options = [option for folder in folders(service) for option in ("--migrations-dir", str(folder))]
    dbmate = Path(sys.executable).with_name("dbmate")
    done = subprocess.run(
        [
            str(dbmate),
            "--url",
            migrate_url,
            "--env-file",
            "/dev/null",
            *options,
            "--no-dump-schema",
            "--migration-lock",
            "migrate",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{service}: {done.stderr.strip() or done.stdout.strip()}")
