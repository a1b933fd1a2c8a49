"""The audiences of the awards database: one PostgreSQL role each, named `awards_<audience>`.

gate: sessions, grants, outbox and inbox, for the mechanism only · public: published projections · member: the reader's own
honours · committee: committee members and tellers · office: the organiser's desk · supervisor: reads everything ·
system: consumers and the minute tick.
"""

AUDIENCES = ("public", "gate", "member", "committee", "office", "supervisor", "system")
