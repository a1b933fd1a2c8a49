"""One database, one owner and one login role per service; nobody else may connect.

Audience roles and their rights come from the service's own migrate command, which runs as the owner.
"""

import asyncpg

from shared.db import Transaction


async def make_databases(url: str, passwords: dict[str, tuple[str, str]]) -> None:
    """passwords: service -> (owner's, login role's). Running it again only sets the passwords.

    The login role is NOINHERIT: by itself it reads nothing, it must enter an audience's role.
    """
    connection = await asyncpg.connect(url)
    try:
        roles = {row["rolname"] for row in await connection.fetch("SELECT rolname FROM pg_roles")}
        databases = {row["datname"] for row in await connection.fetch("SELECT datname FROM pg_database")}
        await connection.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")
        for service, (owner, app) in passwords.items():
            for role, password, rights in (("owner", owner, "CREATEROLE"), ("app", app, "NOINHERIT")):
                verb = "ALTER" if f"{service}_{role}" in roles else "CREATE"
                await connection.execute(f"{verb} ROLE {service}_{role} LOGIN {rights} PASSWORD '{quoted(password)}'")
            if service not in databases:
                await connection.execute(f"CREATE DATABASE {service} OWNER {service}_owner")
            await close_database(connection, service, service)
    finally:
        await connection.close()


async def close_database(connection: Transaction, database: str, service: str) -> None:
    """Let only this service's two roles in. A clone of a template needs it again: these rights are not copied."""
    await connection.execute(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
    await connection.execute(f'GRANT CONNECT ON DATABASE "{database}" TO {service}_app')


def quoted(text: str) -> str:
    """The inside of an SQL string literal; only for our own generated passwords, which DDL cannot take as parameters."""
    return text.replace("'", "''")
