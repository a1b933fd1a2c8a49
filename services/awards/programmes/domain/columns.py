"""How an office heads the columns of its files: each column by its identifier, with the headers we understand."""

from shared.tables import Column

CODE = ("分工会代码", "分工会")
PROGRAMME = Column("programme", ("评选项目", "项目"))
BRANCHES = (
    Column("code", CODE[:1]),
    Column("name", ("分工会",)),
    Column("category", ("类别",)),
    Column("officer", ("经办人",), may_be_blank=True, required=False),
)
PEOPLE = (Column("staff_no", ("工号",)), Column("name", ("姓名",)))
NOMINATIONS = (PROGRAMME, Column("branch", CODE), Column("reason", ("理由", "推荐理由"), may_be_blank=True))
SCORECARDS = (
    PROGRAMME,
    Column("branch", CODE),
    Column("item", ("考核项", "评分项")),
    Column("self_score", ("自评分",), kind="decimal"),
    Column("audited_score", ("审核分",), kind="decimal"),
)
VOTES = (
    PROGRAMME,
    Column("round", ("轮次",), kind="int"),
    Column("voter", ("投票人", "委员")),
    Column("candidate", (*CODE, "候选")),
    Column("choice", ("选择",)),
)
