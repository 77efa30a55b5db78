"""`pos-sim day`: placeholder."""


def day() -> None:
    """Drive one business day."""
