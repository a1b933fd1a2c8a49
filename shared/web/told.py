"""Errors on their way out: problem+json (RFC 9457) for programs, a page with a sentence for people.

`code` is the stable key, `detail` the sentence in the reader's language. A bug is logged whole and told as `bug`.
"""

from typing import Any
from urllib.parse import quote

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from shared.db import UNSTORABLE, is_away
from shared.errors import Faulty, NotSignedIn, Told
from shared.web.edge import HTML, Edge, House, language_of, phrase
from shared.web.texts import sentence

log = structlog.get_logger()
CODES = {400: "body_wrong", 404: "missing", 405: "method_wrong", 413: "too_large", 415: "content_type_wrong"}


def tell(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The answer to any exception."""
    house: House = request.app.state.house
    status, code, values = _known(error)
    if status == 500:
        log.error("bug", path=request.url.path, exc_info=error)
    language = language_of(request)
    detail = house.texts(language, code, **values)
    accept = request.headers.get("accept", "")
    is_page = "text/html" in accept and request.method in ("GET", "POST")
    if is_page and isinstance(error, NotSignedIn) and request.method == "GET":
        address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return Response("", status_code=303, media_type=HTML, headers={"Location": _sign_in(house.service, address)})
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": "2"} if status == 503 else {})
    if is_page:
        page = _page(request, house, language, status, code, detail, error)
        return Response(page, status_code=status, media_type=HTML, headers=headers)
    problem: dict[str, Any] = {"type": "about:blank", "title": phrase(status), "status": status, "code": code, "detail": detail}
    if isinstance(error, Faulty):
        problem["faults"] = [
            {**msgspec.to_builtins(fault), "detail": sentence(house.texts, language, fault)} for fault in error.faults
        ]
    return Response(msgspec.json.encode(problem), status_code=status, media_type="application/problem+json", headers=headers)


def _known(error: Exception) -> tuple[int, str, dict[str, object]]:
    if isinstance(error, Told):
        return error.status, error.code, error.values
    if isinstance(error, HTTPException):
        if error.status_code in CODES:
            return error.status_code, CODES[error.status_code], {"detail": error.detail, "value": ""}
        return (error.status_code, "body_wrong", {"detail": error.detail}) if error.status_code < 500 else (500, "bug", {})
    if isinstance(error, UNSTORABLE):
        return 400, "body_wrong", {"detail": "NUL"}
    if is_away(error):
        return 503, "database_away", {}
    return 500, "bug", {}


def _sign_in(service: str, address: str) -> str:
    if service == "registration":
        return f"/registration/sign-in?return_to={quote(address, safe='')}"
    return f"/registration/tickets?service={service}&return_to={quote(address, safe='')}"


def _page(
    request: Request[Any, Any, Any], house: House, language: str, status: int, code: str, detail: str, error: Exception
) -> str:
    faults = error.faults if isinstance(error, Faulty) else []
    edge = Edge(request, house, request.scope["state"].get("session"))
    return house.pages.get_template("told.html").render(
        edge=edge, t=lambda key, /, **values: house.texts(language, key, **values), language=language, status=status, code=code,
        detail=detail, faults=[], fault_sentences=[], typed={}, csrf=edge.session.csrf if edge.session else "",
        told_faults=[(fault, sentence(house.texts, language, fault)) for fault in faults], path=request.url.path,
        other_languages={each: f"{request.url.path}?language={each}" for each in ("zh-CN", "en")}, now=house.clock.now(),
    )  # fmt: skip
