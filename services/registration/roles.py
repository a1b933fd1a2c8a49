"""Who may see what: the audiences of registration, each a PostgreSQL role `registration_<audience>`.

The login role reads nothing itself; a route declares its audience and the transaction enters it. What each may read
stands in the migrations beside the tables.
"""

AUDIENCES = ("public", "gate", "member", "officer", "organiser", "supervisor", "system")
