"""A small invented season in the database: two branches, a ranked contest in two divisions, people by staff number.

Made through the same actions that take over a season folder; what a test changes it says by keyword.
"""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from services.registration.activities import actions as activities
from services.registration.activities.domain import Activity, Division, Eligibility, QuotaStep
from services.registration.entries import actions as entries
from services.registration.entries.domain import Entry, SignUp
from services.registration.people import actions as people
from services.registration.people.domain import Person
from services.registration.recommendations import actions as recommendations
from services.registration.units import actions as units
from services.registration.units.domain import Branch, Unit
from shared.db import transaction
from shared.ids import new_id

SIGNUP = datetime(2026, 3, 20, 2, tzinfo=UTC)
REVIEW = datetime(2026, 4, 13, 2, tzinfo=UTC)
ADMISSION = datetime(2026, 4, 19, 1, tzinfo=UTC)
PROMOTION = datetime(2026, 4, 20, 2, tzinfo=UTC)
DRAW = datetime(2026, 5, 14, 7, tzinfo=UTC)
LATE = datetime(2026, 5, 15, 2, tzinfo=UTC)
ORGANISER, SUPERVISOR = UUID(int=0xA1), UUID(int=0xA2)

ELIGIBILITY = (
    Eligibility(kind="member"),
    Eligibility(kind="born_after", date=date(1985, 5, 31), sex="male"),
    Eligibility(kind="born_after", date=date(1983, 5, 31), sex="female"),
    Eligibility(kind="teaching_years", years=2, on=date(2026, 4, 10)),
    Eligibility(kind="not_listed", staff_nos=("2099",), title="历届校一等奖"),
)


class Season:
    """Handles of what was made; `people` by staff number, `divisions` by key."""

    def __init__(self, database: Any) -> None:
        self.database = database
        self.pool = database.pool
        self.people: dict[str, Person] = {}
        self.divisions: dict[str, Division] = {}
        self.branches = {
            code: Branch(
                id=new_id(), code=code, name=f"{name}分工会", name_key=name, category="院系", numbers={"young_teachers": n}
            )
            for code, name, n in (("05", "经管", 41), ("12", "机械", 20))
        }
        self.units = {
            code: Unit(id=new_id(), handle=new_id(), name=each.name[:2], name_key=each.name_key, branch_id=each.id)
            for code, each in self.branches.items()
        }
        self.activity: Activity

    async def open(self, places: int = 2, own_quota: dict[str, int] | None = None, **changes: Any) -> None:
        """Store roster and activity. changes: fields of the activity."""
        async with transaction(self.pool, "registration_organiser", ORGANISER) as tx:
            season_id = new_id()
            await tx.execute(
                """INSERT INTO seasons (id, key, title, language, organisation, as_of, content_hash, stored_by, stored_at)
                   VALUES ($1, 'small', '小', 'zh-CN', '某工会', '2026-03-01', $2, $3, $4)""",
                season_id, bytes(32), ORGANISER, SIGNUP,
            )  # fmt: skip
            await units.take_over(tx, list(self.branches.values()), list(self.units.values()))
            self.activity = self._activity(season_id, places, own_quota, changes)
            self.divisions = {d.key: d for d in self.activity.divisions}
            await activities.open_all(tx, [self.activity])

    def _activity(
        self, season_id: UUID, places: int, own_quota: dict[str, int] | None, changes: dict[str, Any]
    ) -> Activity:
        id = new_id()
        divisions = tuple(
            Division(
                id=new_id(), activity_id=id, key=key, position=n, title=title, places=places,
                own_quota=own_quota if key == "politics" else None,
            )
            for n, (key, title) in enumerate((("work", "工科组"), ("politics", "思政课专项")))
        )  # fmt: skip
        usual: dict[str, Any] = {
            "id": id, "season_id": season_id, "key": "teaching-9", "kind": "competition", "title": "教学竞赛",
            "call_at": datetime(2026, 3, 9, 1, tzinfo=UTC), "signup_opens": datetime(2026, 3, 16, tzinfo=UTC),
            "signup_closes": datetime(2026, 4, 10, 9, tzinfo=UTC),
            "review_closes": datetime(2026, 4, 17, 9, tzinfo=UTC), "admission_at": ADMISSION, "draw_at": DRAW,
            "hall_at": datetime(2026, 5, 16, tzinfo=UTC), "admission": "ranked", "order": ("recommendation",),
            "entries_per_person": 1, "entries_per_course": 1, "quota_base": "young_teachers",
            "quota": (QuotaStep(below=15, entries=1), QuotaStep(below=40, entries=2), QuotaStep(entries=3)),
            "eligibility": ELIGIBILITY, "divisions": divisions,
        }  # fmt: skip
        return Activity(**(usual | changes))

    async def person(self, staff_no: str, branch: str = "05", **changes: Any) -> Person:
        """One more person of the roster, eligible where nothing is changed."""
        usual: dict[str, Any] = {
            "id": new_id(), "staff_no": staff_no, "name": f"教师{staff_no}", "name_key": staff_no, "sex": "male",
            "born": date(1990, 1, 1), "branch_id": self.branches[branch].id, "unit_id": self.units[branch].id,
            "title": "讲师", "employment": "在编", "is_member": True, "teaching_since": date(2015, 9, 1),
        }  # fmt: skip
        made = Person(**(usual | changes))
        async with transaction(self.pool, "registration_organiser", ORGANISER) as tx:
            await people.take_over(tx, [made])
        self.people[staff_no] = made
        return made

    async def signs_up(
        self, staff_no: str, course: str = "", division: str = "work", now: datetime = SIGNUP, branch: str = "05", **changes: Any
    ) -> Entry:
        """The person (made where unknown) signs up; the course is one of its own where none is said."""
        if staff_no not in self.people:
            await self.person(staff_no, branch, **changes)
        sent = SignUp(
            id=new_id(), activity_id=self.activity.id, division_id=self.divisions[division].id,
            person_id=self.people[staff_no].id, course=course or f"课程{staff_no}", is_committed=True,
        )  # fmt: skip
        return await self.sends(sent, now)

    async def sends(self, sent: SignUp, now: datetime = SIGNUP) -> Entry:
        async with transaction(self.pool, "registration_system", sent.person_id) as tx:
            return await entries.sign_up(tx, sent, now)

    async def recommends(self, branch: str, *ranked: Entry, now: datetime = REVIEW) -> list[Entry]:
        """The branch puts these entries in this order."""
        order = recommendations.Order(
            activity_id=self.activity.id,
            branch=self.branches[branch],
            numbers={each.id: n for n, each in enumerate(ranked, start=1)},
        )
        async with transaction(self.pool, "registration_organiser", ORGANISER) as tx:
            return await recommendations.recommend(tx, order, ORGANISER, now)

    async def sends_back(self, entry: Entry, now: datetime = REVIEW, **texts: str) -> Entry:
        async with transaction(self.pool, "registration_organiser", ORGANISER) as tx:
            return await recommendations.send_back(tx, entry.id, texts, ORGANISER, now)

    async def admits(self, division: str = "work", seed: bytes = bytes(32), now: datetime = ADMISSION) -> Any:
        async with transaction(self.pool, "registration_organiser", ORGANISER) as tx:
            return await entries.admit(tx, self.divisions[division].id, seed, ORGANISER, now)

    async def withdraws(self, entry: Entry, now: datetime = PROMOTION) -> Any:
        async with transaction(self.pool, "registration_system", entry.person_id) as tx:
            return await entries.withdraw(tx, entry.id, "因公出国", entry.person_id, now)

    async def states(self) -> dict[str, str]:
        """Staff number -> stored state."""
        rows = await self.database.rows(
            "SELECT staff_no, state FROM entries JOIN persons ON persons.id = person_id ORDER BY signed_up_at, entries.id"
        )
        return {row["staff_no"]: row["state"] for row in rows}

    async def places_held(self, division: str = "work") -> int:
        held: int = await self.database.value(
            "SELECT count(*) FROM admission_places WHERE division_id = $1 AND freed_at IS NULL", self.divisions[division].id
        )
        return held
