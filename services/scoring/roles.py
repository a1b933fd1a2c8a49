"""Who may see what: the audiences of scoring, each a PostgreSQL role `scoring_<audience>`.

The login role reads nothing itself; a route declares its audience and the transaction enters it. What each may read
stands in the migrations beside the tables. `writer` is nobody's page: it only adds revisions and moves heads. `member` is
a contestant, who sees the own appeals. `device` is a tablet nobody has signed on yet: its own row, the names of its panel.
`hall` is the live page of the desk, for usher and timekeeper too: who has marked, never a mark.
"""

AUDIENCES = ("public", "gate", "judge", "desk", "supervisor", "writer", "system", "member", "device", "hall")
