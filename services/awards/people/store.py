"""SQL of the table people."""

from uuid import UUID

from services.awards.people.domain import Person
from shared.db import Transaction


async def save(tx: Transaction, person: Person) -> None:
    """Keep the description unless a newer one is there."""
    await tx.execute(
        """INSERT INTO people (id, version, name, name_key, staff_no, unit, branch_code, branch)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           ON CONFLICT (id) DO UPDATE SET (version, name, name_key, staff_no, unit, branch_code, branch)
               = (excluded.version, excluded.name, excluded.name_key, excluded.staff_no, excluded.unit,
                  excluded.branch_code, excluded.branch)
            WHERE people.version < excluded.version""",
        person.id, person.version, person.name, person.name_key, person.staff_no, person.unit, person.branch_code, person.branch,
    )  # fmt: skip


async def found(tx: Transaction, ids: list[UUID]) -> dict[UUID, Person]:
    rows = await tx.fetch(
        "SELECT id, version, name, name_key, staff_no, unit, branch_code, branch FROM people WHERE id = ANY($1)", ids
    )
    return {row["id"]: Person(**row) for row in rows}
