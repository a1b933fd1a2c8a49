"""An invented prize list for a rehearsal (演练): as many prizes as the rule gives, none of it from any result. Pure.

The first names try what is hard on a screen: a tie, a team, four characters, a minority's name, a unit of thirty characters.
"""

from collections.abc import Sequence

from services.awards.reveals.domain.script import Placed, Winner

NAMES = (
    "张演练", "李彩排", "欧阳试演", "阿卜杜热合曼·买买提·吐尔逊", "王走台", "赵定位",
    "钱合成", "孙预演", "周联排", "吴过场", "郑候场", "冯谢幕",
)  # fmt: skip
UNITS = ("演练学院", "彩排学院", "人工智能与大数据交叉学科国际联合研究院演练用超长单位名称中心", "联排中心", "走台学院")
WORKS = ("演练课程", "彩排中的灯光与声音：从候场到谢幕的全流程走台", "")
TEAM = ("张演练", "李彩排", "欧阳试演", "王走台", "赵定位")
REST = 4
"""Prizes of a tier that takes whoever is left."""


def invented(divisions: Sequence[tuple[str, str, Sequence[tuple[str, str, int | None]]]]) -> list[Placed]:
    """divisions: title, title in English, tiers (name, name in English, count; None is the rest), the first tier first."""
    listed: list[Placed] = []
    for division, division_en, tiers in divisions:
        rank = 0
        for position, (tier, tier_en, count) in enumerate(tiers, start=1):
            for place in range(REST if count is None else count):
                is_tied = position > 1 and place == 1
                rank = rank if is_tied else len([each for each in listed if each.winner.division == division]) + 1
                listed.append(
                    Placed(
                        tier=tier, tier_en=tier_en, position=position, is_rest=count is None,
                        winner=_somebody(len(listed), division, division_en, rank),
                    )
                )  # fmt: skip
    return listed


def _somebody(number: int, division: str, division_en: str, rank: int) -> Winner:
    is_team = number == 1
    return Winner(
        division=division, division_en=division_en, name="演练代表队" if is_team else NAMES[number % len(NAMES)],
        members=TEAM if is_team else (), unit=UNITS[number % len(UNITS)], work=WORKS[number % len(WORKS)], rank=rank,
        result=f"{95 - rank % 30}.00",
    )  # fmt: skip
