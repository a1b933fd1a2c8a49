"""Decorators for routes: each declares its audience (a database role) and who may come in.

roles=None lets anybody in, "signed_in" any account, a tuple those who hold one of the roles.
again: the GET handler whose page shows a refused form once more, with its faults and the typed text, status 422.
brief_session: the session may be one remembered for half a minute (`gate.Remembered`), for an address that is hot.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Literal

import litestar
from litestar import Response
from litestar.handlers import HTTPRouteHandler

from shared.errors import Conflict, Fault, Faulty, Refused, Told
from shared.web.edge import Edge

Roles = tuple[str, ...] | Literal["signed_in"] | None
Handler = Callable[..., Any]
BODY = 512 * 1024


def get(path: str, *, audience: str, roles: Roles = None, **more: Any) -> Callable[[Handler], HTTPRouteHandler]:
    return litestar.get(path, opt={"audience": audience, "roles": roles}, **more)


def post(
    path: str, *, audience: str, roles: Roles = None, again: HTTPRouteHandler | None = None, limit: int = BODY, **more: Any
) -> Callable[[Handler], HTTPRouteHandler]:
    return _write(litestar.post, path, audience, roles, again, limit, more)


def put(
    path: str, *, audience: str, roles: Roles = None, limit: int = BODY, brief_session: bool = False, **more: Any
) -> Callable[[Handler], HTTPRouteHandler]:
    return _write(litestar.put, path, audience, roles, None, limit, more, brief_session=brief_session)


def delete(path: str, *, audience: str, roles: Roles = None, **more: Any) -> Callable[[Handler], HTTPRouteHandler]:
    return _write(litestar.delete, path, audience, roles, None, BODY, more)


def _write(
    method: Any, path: str, audience: str, roles: Roles, again: HTTPRouteHandler | None, limit: int,
    more: dict[str, Any], **opt: Any,
) -> Callable[[Handler], HTTPRouteHandler]:  # fmt: skip
    def made(handler: Handler) -> HTTPRouteHandler:
        route: HTTPRouteHandler = method(
            path, opt={"audience": audience, "roles": roles, **opt}, status_code=200, request_max_body_size=limit, **more
        )(_shown_again(handler, again) if again else handler)
        return route

    return made


def _shown_again(handler: Handler, again: HTTPRouteHandler) -> Handler:
    @functools.wraps(handler)
    async def guarded(**named: Any) -> Response[Any]:
        try:
            response: Response[Any] = await handler(**named)
        except (Refused, Conflict, Faulty) as told:
            edge: Edge = named["edge"]
            if edge.wants_json:
                raise
            edge.told = told
            edge.faults = told.faults if isinstance(told, Faulty) else [_as_fault(told)]
            shown = again.fn
            wanted = inspect.signature(shown).parameters
            response = await shown(**{name: value for name, value in named.items() if name in wanted})
            response.status_code = told.status
        return response

    return guarded


def _as_fault(told: Told) -> Fault:
    field = str(told.values.get("field", ""))
    values = {key: value if isinstance(value, int) else str(value) for key, value in told.values.items()}
    return Fault(code=told.code, field=field, values=values)
