"""The web shell every service wears: routes with an audience, pages and JSON from one handler, sessions, problems."""

from litestar.params import FromPath, FromQuery

from shared.web.edge import Edge, EdgeDep, House
from shared.web.routing import delete, get, post, put

__all__ = ["Edge", "EdgeDep", "FromPath", "FromQuery", "House", "delete", "get", "post", "put"]
