"""A rule told in sentences, for people who never see the file. Pure: the words come in from the edge.

Every choice the rule makes has its sentence; what the rule leaves out (no tolerance, nothing deducted) is said as well.
"""

from collections.abc import Callable, Sequence

from msgspec import Struct

from services.scoring.rubrics.domain.figures import named
from services.scoring.rubrics.domain.rule import Criterion, Item, Judging, Part, RoundingRule, Rule, Scale
from shared.exact import Ratio, plain

Say = Callable[..., str]
ONE = Ratio(1, 1)


class ItemWords(Struct, frozen=True, kw_only=True):
    """One line of a sheet. most: the points it can bring; steps: bands, grades, levels or measured steps, (words, worth)."""

    title: str
    how: str
    weight: str
    most: str
    steps: tuple[tuple[str, str], ...]


class PartWords(Struct, frozen=True, kw_only=True):
    """judging: sentences where the part is judged apart."""

    title: str
    when: str
    weight: str
    items: tuple[ItemWords, ...]
    judging: tuple[str, ...]


class RuleWords(Struct, frozen=True, kw_only=True):
    """The page's sections. ties: the chain, in order."""

    title: str
    parts: tuple[PartWords, ...]
    judging: tuple[str, ...]
    result: tuple[str, ...]
    deductions: tuple[str, ...]
    rank: tuple[str, ...]
    ties: tuple[str, ...]
    release: tuple[str, ...]


def told(rule: Rule, say: Say, language: str) -> RuleWords:
    """The whole rule in sentences of this language."""
    is_apart = bool(rule.parts) and all(part.judging for part in rule.parts)
    recusal = say(f"rubric.recusal_{rule.recusal}")
    return RuleWords(
        title=named(rule.title, rule.title_en, language),
        parts=tuple(_part(part, rule, say, language) for part in rule.parts),
        judging=(*(() if is_apart else judging(rule.judging, say)), recusal, say(f"rubric.correction_{rule.correction}")),
        result=_result(rule, say, language),
        deductions=_deductions(rule, say, language),
        rank=_rank(rule, say),
        ties=tuple(step(each, rule.parts, say, language) for each in rule.ties),
        release=(
            say(f"rubric.release_{rule.release}", count=rule.first_k),
            say(f"rubric.board_{rule.board}"),
        ),
    )


def judging(judging: Judging, say: Say) -> tuple[str, ...]:
    """How judges are put together."""
    sentences = [aggregate(judging, say), say("rubric.fewest", count=judging.fewest_marks)]
    if judging.middle:
        sentences.insert(1, say(f"rubric.middle_odd_{judging.middle.odd}"))
    sentences.append(say(f"rubric.missing_{judging.missing}"))
    if judging.others:
        mode = say(f"rubric.mode_{judging.others.mode}")
        sentences.append(say("rubric.others", unit=plain(judging.others.unit.fraction), mode=mode))
    if judging.tolerance is None:
        sentences.append(say("rubric.tolerance_none"))
    else:
        of, spread = say(f"rubric.tolerance_of_{judging.tolerance.of}"), plain(judging.tolerance.spread.fraction)
        sentences.append(say(f"rubric.tolerance_{judging.tolerance.then}", of=of, spread=spread))
    if judging.factor != ONE:
        sentences.append(say("rubric.factor", factor=plain(judging.factor.fraction)))
    if judging.has_difficulty:
        sentences.append(say("rubric.difficulty"))
    return tuple(sentences)


def aggregate(judging: Judging, say: Say) -> str:
    """At which level judges are put together, and how."""
    return say(
        f"rubric.aggregate_{judging.aggregate}",
        level=say(f"rubric.level_{judging.level}"),
        highest=judging.drop.highest,
        lowest=judging.drop.lowest,
        marks=judging.middle.marks if judging.middle else 0,
        margin=plain(judging.margin.fraction) if judging.margin else "",
    )


def step(step: str, parts: Sequence[Part], say: Say, language: str = "zh-CN") -> str:
    """A step of the tie chain: what it compares."""
    kind, _, name = step.removesuffix(":lowest").partition(":")
    if not name:
        return say(f"print.decided_{step}")
    part_key, _, criterion_key = name.partition("/")
    title = name
    for part in parts:
        if part.key == part_key:
            found: Part | Criterion = next((each for each in part.criteria if each.key == criterion_key), part)
            title = named(found.title, found.title_en, language)
    return say("print.decided_part_lowest" if step.endswith(":lowest") else f"print.decided_{kind}", part=title)


def _part(part: Part, rule: Rule, say: Say, language: str) -> PartWords:
    weight = ""
    if part.weight == Ratio(0, 1):
        weight = say("rubric.weight_none")
    elif any(each.weight != ONE for each in rule.parts):
        weight = say("rubric.weight", weight=_share(part.weight))
    return PartWords(
        title=named(part.title, part.title_en, language),
        when=say(f"rubric.when_{part.when}"),
        weight=weight,
        items=tuple(_item(each, item, say, language) for each in part.criteria for item in each.items),
        judging=judging(part.judging, say) if part.judging else (),
    )


def _item(criterion: Criterion, item: Item, say: Say, language: str) -> ItemWords:
    title = named(criterion.title, criterion.title_en, language)
    if item.key:
        title = f"{title} · {named(item.title, item.title_en, language)}"
    return ItemWords(
        title=title,
        how=scale(item.scale, say),
        weight=say("rubric.times", weight=_share(criterion.weight)) if criterion.weight != ONE else "",
        most=plain(item.scale.most),
        steps=_steps(item, say, language),
    )


def scale(scale: Scale, say: Say) -> str:
    """How a mark is given."""
    unit = scale.unit.fraction
    return say(
        f"rubric.scale_{scale.kind}",
        lowest=plain(scale.lowest * unit),
        highest=plain(scale.highest * unit),
        unit=plain(unit),
        most=plain(scale.most),
    )


def _steps(item: Item, say: Say, language: str) -> tuple[tuple[str, str], ...]:
    unit = item.scale.unit.fraction
    bands = [
        (named(band.title, band.title_en, language), f"{plain(band.lowest * unit)}–{plain(band.highest * unit)}")
        for band in item.bands
    ]
    grades = [
        (named(each.title, each.title_en, language), say("rubric.points", points=plain(each.points.fraction)))
        for each in item.scale.grades
    ]
    steps = [
        (say("rubric.up_to", to=plain(each.to * unit)), say("rubric.points", points=plain(each.points.fraction)))
        for each in item.scale.steps
    ]
    return (*bands, *grades, *steps)


def _result(rule: Rule, say: Say, language: str) -> tuple[str, ...]:
    rounded = [_rounding(each, rule, say, language) for each in rule.roundings] or [say("rubric.rounding_never")]
    mode = say(f"rubric.mode_{rule.shown.mode}")
    return (*rounded, say("rubric.shown", digits=rule.shown.digits, mode=mode))


def _rounding(each: RoundingRule, rule: Rule, say: Say, language: str) -> str:
    part = rule.part(each.part)
    where = say(f"rubric.rounding_{each.at}")
    if part:
        where = say("rubric.rounding_in_part", part=named(part.title, part.title_en, language), where=where)
    return say("rubric.rounding", where=where, digits=each.digits, mode=say(f"rubric.mode_{each.mode}"))


def _deductions(rule: Rule, say: Say, language: str) -> tuple[str, ...]:
    sentences = [] if rule.deductions else [say("rubric.deduction_none")]
    for each in rule.deductions:
        key = "rubric.deduction_each" if each.measured_in else "rubric.deduction"
        title, points = named(each.title, each.title_en, language), plain(each.points.fraction)
        sentence = say(key, title=title, points=points, each=plain(each.each.fraction), unit=each.measured_in)
        most = say("rubric.deduction_most", most=plain(each.most.fraction)) if each.most else ""
        sentences.append(sentence + most)
    if rule.adjustment is None:
        sentences.append(say("rubric.adjustment_none"))
    else:
        bounds = {name: plain(getattr(rule.adjustment, name).fraction) for name in ("lowest", "highest", "unit")}
        sentences.append(say("rubric.adjustment", **bounds))
    if rule.below_zero is not None:
        sentences.append(say("rubric.below_zero" if rule.below_zero else "rubric.not_below_zero"))
    return tuple(sentences)


def _rank(rule: Rule, say: Say) -> tuple[str, ...]:
    near = say("rubric.near_tie_none")
    if rule.near_tie:
        near = say(f"rubric.near_tie_{rule.near_tie.of}", band=plain(rule.near_tie.band.fraction))
    return say(f"rubric.better_{rule.better}"), near, say(f"rubric.rank_{rule.rank_style}")


def _share(weight: Ratio) -> str:
    """A weight as people say it: per cent where that is a whole number below one, else the number."""
    percent = weight.fraction * 100
    return f"{percent}%" if percent.denominator == 1 and percent < 100 else plain(weight.fraction)
