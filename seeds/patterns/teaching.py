"""A plain word about every pattern and rule, for whoever teaches with them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from seeds.patterns.catalogue import PATTERNS
from seeds.patterns.pattern import Pattern


class Words(NamedTuple):
    """The same in two languages."""

    text: str
    text_en: str


class Teaching(NamedTuple):
    """What happens in each pattern, by its id, and what each rule's patterns teach."""

    patterns: Mapping[str, Words]
    rules: Mapping[str, Words]


def id_of(pattern: Pattern) -> str:
    """Return what a pattern is called everywhere: ``R06-crew``."""
    return f"{pattern.rule_id}-{pattern.name}"


def find_pattern(pattern_id: str) -> Pattern | None:
    """Return the pattern with this id, None if there is none."""
    return next((one for one in PATTERNS if id_of(one) == pattern_id), None)


@cache
def teaching() -> Teaching:
    """Return the words, read once."""
    content = tomllib.loads(files("seeds.patterns").joinpath("teaching.toml").read_text("utf-8"))
    words = {part: {k: Words(*v) for k, v in content[part].items()} for part in content}
    return Teaching(words["patterns"], words["rules"])
