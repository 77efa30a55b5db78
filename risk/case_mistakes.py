"""What cannot be done with a case, and why; in each of these nothing was changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class IllegalMove(Exception):
    """The state of the case does not know or allow it; ``available`` are the actions it allows."""

    def __init__(self, available: Iterable[str], reason: str = "") -> None:
        super().__init__(reason or "not possible now")
        self.available = tuple(available)
        self.reason = reason


class Mistakes(Exception):
    """Fields whose values cannot be: name of the field and what is wrong, in words."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(fields))
        self.fields = dict(fields)


class AlreadyOpen(Exception):
    """A case of this kind about this subject is open; ``case_id`` says which."""

    def __init__(self, case_id: str) -> None:
        super().__init__(case_id)
        self.case_id = case_id
