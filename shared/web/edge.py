"""One request at the edge: who asks, in which language, what was sent, and the door to the database.

A route takes an `Edge`, opens its transaction, calls one action and answers. One route serves page and JSON: the
client's Accept decides.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar, get_args, get_origin
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from jinja2 import Environment
from litestar import Request, Response
from litestar.datastructures import Cookie, FormMultiDict, UploadFile
from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from msgspec import Struct

from shared.clock import Clock
from shared.db import Pool, Transaction, transaction
from shared.errors import Fault, Faulty, Malformed, NotAllowed, NotSignedIn, Told
from shared.settings import Settings
from shared.web import gate
from shared.web.pages import context_as_json
from shared.web.texts import Texts, chosen, sentence

B = TypeVar("B", bound=Struct)
SAFE = {"GET", "HEAD", "OPTIONS"}
JSON, HTML = "application/json", "text/html"


class House(Struct, kw_only=True):
    """What one process shares among its requests. `more` holds what the service's `on_start` puts there."""

    service: str
    settings: Settings
    pool: Pool
    clock: Clock
    texts: Texts
    pages: Environment
    remembered: gate.Remembered = msgspec.field(default_factory=gate.Remembered)
    more: dict[str, Any] = {}


class Edge:
    """The edge of one request. `faults` and `typed` are filled when a form comes back to its writer."""

    def __init__(self, request: Request[Any, Any, Any], house: House, session: gate.Session | None) -> None:
        self.request = request
        self.house = house
        self.session = session
        self.faults: list[Fault] = []
        self.typed: dict[str, str] = {}
        self.told: Told | None = None
        self.asked_language = request.query_params.get("language")
        self.language = language_of(request)

    @property
    def settings(self) -> Settings:
        return self.house.settings

    @property
    def more(self) -> dict[str, Any]:
        """What the service's `on_start` put into the process: writers, hubs, files."""
        return self.house.more

    @property
    def person(self) -> UUID | None:
        return self.session.person_id if self.session else None

    @property
    def handle(self) -> UUID | None:
        return self.session.handle if self.session else None

    @property
    def signed_in(self) -> gate.Session:
        """The session. Raises NotSignedIn: sign_in_first."""
        if self.session is None:
            raise NotSignedIn("sign_in_first")
        return self.session

    @property
    def grants(self) -> frozenset[gate.Grant]:
        return self.session.grants if self.session else frozenset()

    def has(self, role: str, scope: str | None = None) -> bool:
        """Does the account hold the role here, for this scope or for the whole service?"""
        return any(grant.role == role and (scope is None or grant.scope in ("", scope)) for grant in self.grants)

    def scopes(self, role: str) -> frozenset[str]:
        return frozenset(grant.scope for grant in self.grants if grant.role == role)

    @property
    def now(self) -> datetime:
        """Business time."""
        return self.house.clock.now()

    @property
    def wants_json(self) -> bool:
        accept = self.request.headers.get("accept", "")
        return JSON in accept and "text/html" not in accept

    def transaction(self, audience: str | None = None) -> AbstractAsyncContextManager[Transaction]:
        """A transaction in the route's audience (or the one named), with the signed-in person as actor."""
        audience = audience or str(self.request.route_handler.opt["audience"])
        return transaction(self.house.pool, audience, self.person, self.handle)

    @asynccontextmanager
    async def gate(self) -> AsyncIterator[Transaction]:
        """A transaction in the audience of sessions and grants."""
        async with transaction(self.house.pool, f"{self.house.service}_gate", self.person) as tx:
            yield tx

    def say(self, key: str, /, **values: object) -> str:
        return self.house.texts(self.language, key, **values)

    # what was sent ----------------------------------------------------------------------------------------------

    async def body(self, kind: type[B]) -> B:
        """The sent JSON or form as a Struct that forbids unknown fields.

        A form field `ranks.KEY` fills the dict field `ranks`. Raises Malformed (JSON) or Faulty (form, field by field).
        """
        if not kind.__struct_config__.forbid_unknown_fields:
            raise TypeError(f"{kind.__name__} must forbid unknown fields")
        if self._is_form:
            return self._from_form(kind, await self.request.form())
        try:
            return msgspec.json.decode(await self.request.body(), type=kind)
        except msgspec.ValidationError as error:
            raise Malformed("body_wrong", detail=str(error)) from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Malformed("body_not_json", detail=str(error)) from error

    async def uploads(self) -> dict[str, bytes]:
        """The files of a multipart form: name (with folders, as the browser sends it) -> content."""
        form = await self.request.form()
        return {
            each.filename: await each.read() for each in form.values() if isinstance(each, UploadFile) and each.filename
        }

    @property
    def _is_form(self) -> bool:
        kind = self.request.headers.get("content-type", "").split(";")[0].strip()
        if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
            return True
        if kind != JSON:
            raise Malformed("content_type_wrong", value=kind[:60])
        return False

    def _from_form(self, kind: type[B], form: FormMultiDict) -> B:
        fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
        sent: dict[str, Any] = {}
        for key, value in form.multi_items():
            if isinstance(value, UploadFile) or key == "_csrf":
                continue
            self.typed[key] = str(value)
            name, _, part = key.partition(".")
            if name not in fields:
                raise Malformed("field_unknown", field=key[:60])
            if part:
                sent.setdefault(name, {})[part] = value
            elif get_origin(fields[name].type) in (list, tuple, frozenset):
                sent.setdefault(name, []).append(value)
            elif value == "" and type(None) in get_args(fields[name].type):
                sent[name] = None
            else:
                sent[name] = value
        return _converted(kind, sent, fields)

    # what goes back ---------------------------------------------------------------------------------------------

    def page(self, template: str, status: int = 200, **context: Any) -> Response[Any]:
        """The page, or its data for a JSON client (the context's `json`, else the whole context)."""
        if self.wants_json:
            return self.answer(context_as_json(context), status)
        html = self.house.pages.get_template(template).render(self._around(context))
        response = Response(html, status_code=status, media_type=HTML, headers={"Cache-Control": "no-store"})
        if self.asked_language:
            response.set_cookie(Cookie(key="laurel_language", value=self.language, path="/", max_age=31_536_000, samesite="lax"))
        return response

    def answer(self, data: object, status: int = 200) -> Response[bytes]:
        """JSON."""
        return Response(
            msgspec.json.encode(data), status_code=status, media_type=JSON, headers={"Cache-Control": "no-store"}
        )

    def done(self, location: str, answer: object = None, status: int = 200) -> Response[Any]:
        """After a write: the next page for a browser (303), the outcome for a JSON client."""
        if self.wants_json or not self._is_form:
            return self.answer(answer if answer is not None else {}, status)
        return Response("", status_code=303, headers={"Location": location}, media_type=HTML)

    def file(self, content: bytes, media_type: str, name: str, is_download: bool = True) -> Response[bytes]:
        """A file under its user's name, which may be Chinese."""
        kind = "attachment" if is_download else "inline"
        disposition = f"{kind}; filename*=UTF-8''{urlencode({'': name})[1:].replace('+', '%20')}"
        headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
        return Response(content, media_type=media_type, headers=headers)

    def _around(self, context: Mapping[str, Any]) -> dict[str, Any]:
        query = dict(self.request.query_params)
        return {
            "edge": self,
            "t": self.say,
            "language": self.language,
            "faults": self.faults,
            "fault_sentences": [(fault.field, sentence(self.house.texts, self.language, fault)) for fault in self.faults],
            "typed": self.typed,
            "csrf": self.session.csrf if self.session else "",
            "path": self.request.url.path,
            "other_languages": {
                language: f"{self.request.url.path}?{urlencode({**query, 'language': language})}" for language in ("zh-CN", "en")
            },
            "now": self.now,
            **context,
        }


EdgeDep = NamedDependency[Edge]


def _converted(kind: type[B], sent: dict[str, Any], fields: Mapping[str, Any]) -> B:
    try:
        return msgspec.convert(sent, kind, strict=False)
    except msgspec.ValidationError:
        pass
    faults = [fault for name, field in fields.items() if (fault := _field_fault(name, field, sent))]
    raise Faulty(faults or [Fault(code="body_wrong", values={"detail": kind.__name__})])


def _field_fault(name: str, field: Any, sent: Mapping[str, Any]) -> Fault | None:
    if name not in sent:
        return Fault(code="field_absent", field=name) if field.required else None
    try:
        msgspec.convert(sent[name], field.type, strict=False)
    except msgspec.ValidationError as error:
        return Fault(code="field_wrong" if sent[name] else "field_absent", field=name, value=str(sent[name])[:80],
                     values={"detail": str(error)})  # fmt: skip
    return None


def language_of(request: Request[Any, Any, Any]) -> str:
    return chosen(
        request.query_params.get("language"), request.cookies.get("laurel_language"), request.headers.get("accept-language", "")
    )


async def edge_of(request: Request[Any, Any, Any]) -> Edge:
    """Let a request in: session, CSRF, roles. Raises NotSignedIn, NotAllowed: csrf_wrong, origin_wrong, role_absent."""
    house: House = request.app.state.house
    opt = request.route_handler.opt
    token = request.cookies.get(f"laurel_{house.service}")
    session = await _session(house, token, is_brief=opt.get("brief_session", False)) if token else None
    edge = Edge(request, house, session)
    request.scope["state"]["session"] = session  # not the edge: it holds the request, and a ring waits for the collector
    if request.method not in SAFE:
        await _check_origin(request, house, session)
    roles = opt.get("roles")
    if roles is not None and session is None:
        raise NotSignedIn("sign_in_first")
    if isinstance(roles, tuple) and not any(edge.has(role) for role in roles):
        raise NotAllowed("role_absent")
    return edge


async def _session(house: House, token: str, *, is_brief: bool) -> gate.Session | None:
    if is_brief and (remembered := house.remembered.get(token)):
        return remembered
    async with transaction(house.pool, f"{house.service}_gate") as tx:
        session = await gate.find(tx, token)
    if is_brief and session:
        house.remembered.keep(session)
    return session


async def _check_origin(request: Request[Any, Any, Any], house: House, session: gate.Session | None) -> None:
    if request.headers.get("origin") != house.settings.public_url:
        raise NotAllowed("origin_wrong")
    if session is None:
        return
    token = request.headers.get("x-csrf-token")
    if token is None and "form" in request.headers.get("content-type", ""):
        try:
            token = str((await request.form()).get("_csrf", ""))
        except ClientException as error:
            raise Malformed("body_wrong", detail=str(error.detail)) from error
    if token != session.csrf:
        raise NotAllowed("csrf_wrong")


def phrase(status: int) -> str:
    return HTTPStatus(status).phrase
