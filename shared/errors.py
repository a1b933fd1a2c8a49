"""Everything a user may be told, as a stable code and values. No sentence stands here: the edge looks the code up.

Who must act decides the class: the reader corrects `Refused`, signs in after `NotSignedIn`, asks somebody after
`NotAllowed`. Everything that is none of these is a bug and rises to 500.
"""

from msgspec import Struct


class Told(Exception):
    """Base of what is told to the reader: `code` is stable English snake_case, `values` fill its sentence."""

    status = 422

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values


class Refused(Told):
    """The rules say no; the sentence says what to do."""


class Malformed(Told):
    """The request cannot be read at all."""

    status = 400


class NotSignedIn(Told):
    """Nobody is signed in, or the session has ended."""

    status = 401


class NotAllowed(Told):
    """Somebody is signed in, but may not do this."""

    status = 403


class Missing(Told):
    """There is no such thing, or the reader may not know of it."""

    status = 404


class Conflict(Told):
    """The thing has moved on since the reader last saw it."""

    status = 409


class Fault(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing wrong with an upload or a form: where, what (`code`), and the value found there.

    row: counted as the user's program counts it, the header is 1. field: the form field's name.
    """

    code: str
    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    field: str = ""
    values: dict[str, str | int] = {}


class Faulty(Told):
    """Several faults, told all at once. Nothing was stored."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("faulty", count=len(faults))
        self.faults = faults
