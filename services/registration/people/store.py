"""Table `persons`."""

from uuid import UUID

from services.registration.people.domain import Person
from shared.db import Transaction


async def persons(tx: Transaction, ids: list[UUID]) -> list[Person]:
    rows = await tx.fetch(
        """
        SELECT id, staff_no, name, name_key, sex, born, unit_id, branch_id, title, employment, is_member, employed_on,
               teaching_since, version
          FROM persons WHERE id = ANY($1::uuid[])""",
        ids,
    )
    return [Person(**dict(row)) for row in rows]


async def by_staff_no(tx: Transaction, staff_nos: list[str]) -> list[Person]:
    rows = await tx.fetch(
        """
        SELECT id, staff_no, name, name_key, sex, born, unit_id, branch_id, title, employment, is_member, employed_on,
               teaching_since, version
          FROM persons WHERE staff_no = ANY($1::text[])""",
        staff_nos,
    )
    return [Person(**dict(row)) for row in rows]


async def page(tx: Transaction, wanted: str, limit: int, offset: int) -> list[Person]:
    rows = await tx.fetch(
        """
        SELECT id, staff_no, name, name_key, sex, born, unit_id, branch_id, title, employment, is_member, employed_on,
               teaching_since, version
          FROM persons
         WHERE $1 = '' OR staff_no = $1 OR starts_with(name, $1) OR starts_with(name_key, lower($1))
         ORDER BY name_key, staff_no, id LIMIT $2 OFFSET $3""",
        wanted,
        limit,
        offset,
    )
    return [Person(**dict(row)) for row in rows]


async def numbers(tx: Transaction) -> tuple[int, int]:
    """How many persons of the roster, and how many of them are members."""
    row = await tx.fetchrow("""
        SELECT count(*) FILTER (WHERE staff_no IS NOT NULL) AS persons, count(*) FILTER (WHERE is_member) AS members
          FROM persons""")
    return (row["persons"], row["members"]) if row else (0, 0)


async def save(tx: Transaction, persons: list[Person]) -> None:
    await tx.executemany(
        """
        INSERT INTO persons (id, staff_no, name, name_key, sex, born, unit_id, branch_id, title, employment, is_member,
                             employed_on, teaching_since, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        ON CONFLICT (id) DO UPDATE SET
               staff_no = excluded.staff_no, name = excluded.name, name_key = excluded.name_key, sex = excluded.sex,
               born = excluded.born, unit_id = excluded.unit_id, branch_id = excluded.branch_id, title = excluded.title,
               employment = excluded.employment, is_member = excluded.is_member, employed_on = excluded.employed_on,
               teaching_since = excluded.teaching_since, version = excluded.version""",
        [
            (
                p.id,
                p.staff_no,
                p.name,
                p.name_key,
                p.sex,
                p.born,
                p.unit_id,
                p.branch_id,
                p.title,
                p.employment,
                p.is_member,
                p.employed_on,
                p.teaching_since,
                p.version,
            )
            for p in persons
        ],
    )


async def add(tx: Transaction, id: UUID, name: str, name_key: str) -> None:
    """A person known by name only."""
    await tx.execute("INSERT INTO persons (id, name, name_key) VALUES ($1, $2, $3)", id, name, name_key)
