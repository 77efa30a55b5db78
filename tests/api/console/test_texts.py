"""The catalogue is whole: two languages, the same blanks, and nothing a template lacks."""

from __future__ import annotations

import re
from importlib.resources import files
from string import Formatter

import pytest

from api.console.templating import environment
from api.console.texts import catalogue

NAMED = re.compile(r'\bt\("([\w.]+)"[),]')
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_both_languages_say_it_with_the_same_blanks(name: str) -> None:
    chinese, english = catalogue()[name]
    assert blanks(chinese) == blanks(english)
    assert chinese.strip() == chinese
    assert name == "base.other_language" or not CHINESE.search(english)


def test_every_text_that_a_template_names_exists() -> None:
    loader = environment()
    for template in loader.list_templates():
        text = files("api.console").joinpath("templates", template).read_text("utf-8")
        assert set(NAMED.findall(text)) <= catalogue().keys(), template
        loader.get_template(template)


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
