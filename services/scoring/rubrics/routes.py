"""A rule by its hash, for anybody: what a score set cites can be looked up and hashed again. The presets, for organisers."""

from typing import Any

from litestar import Response
from litestar.params import FromPath

from services.scoring.rubrics import actions
from services.scoring.rubrics.domain import Rule, words
from services.scoring.rubrics.domain.presets import GROUPS, Preset
from shared.web.edge import Edge, EdgeDep
from shared.web.routing import get

ROLES = ("organiser", "scorekeeper", "supervisor", "administrator")


@get("/scoring/rules/{rule_hash:str}", audience="scoring_public")
async def show(edge: EdgeDep, rule_hash: FromPath[str]) -> Response[Any]:
    """The rule in words, the canonical text that the hash is taken of, and the file it came from."""
    async with edge.transaction() as tx:
        rule = await actions.stored(tx, rule_hash)
        canonical, source = await actions.text(tx, rule_hash)
    told = {"hash": rule_hash, "canonical": canonical, "source": source}
    return edge.page("rule.html", json=told, stored=told, rule=rule, words=words.told(rule, edge.say, edge.language))


@get("/scoring/presets", audience="scoring_desk", roles=ROLES)
async def presets_page(edge: EdgeDep) -> Response[Any]:
    """The rules that come with the program, by kind of contest."""
    known = actions.presets()
    groups = {group: [(known[name], _how(known[name].rule, edge)) for name in names] for group, names in GROUPS.items()}
    listed = [_listed(each) | {"group": group} for group, found in groups.items() for each, _ in found]
    return edge.page("presets.html", json={"presets": listed}, groups=groups)


@get("/scoring/presets/{name:str}", audience="scoring_desk", roles=ROLES)
async def preset_page(edge: EdgeDep, name: FromPath[str]) -> Response[Any]:
    """One of them in words, with where it was read."""
    found = actions.preset(name)
    told = words.told(found.rule, edge.say, edge.language)
    return edge.page("preset.html", json=_listed(found) | {"toml": found.text}, preset=found, words=told)


@get("/scoring/presets/{name:str}/file", audience="scoring_desk", roles=ROLES)
async def preset_file(edge: EdgeDep, name: FromPath[str]) -> Response[Any]:
    """Its file, to start an own rule from."""
    found = actions.preset(name)
    return edge.file(found.text.encode(), "application/toml", f"{found.name}.toml")


def _how(rule: Rule, edge: Edge) -> str:
    """How judges are put together, in one sentence."""
    if any(part.judging for part in rule.parts):
        return edge.say("presets.apart", count=len(rule.parts))
    return words.aggregate(rule.judging, edge.say)


def _listed(preset: Preset) -> dict[str, str | bool]:
    rule = preset.rule
    titles = {"title": rule.title, "title_en": rule.title_en}
    return {"name": preset.name, **titles, "source": rule.source, "from_memory": rule.from_memory}


ROUTES = [show, presets_page, preset_page, preset_file]
