"""What a page says, text by text, and which texts are in one language only."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html.parser import HTMLParser

CHINESE = re.compile(r"[\u3400-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{3,}")
UNREAD = frozenset({"script", "style", "code", "pre"})
SPOKEN = ("aria-label", "title", "placeholder", "alt", "label")
"""Attributes that people read or hear."""


class Reader(HTMLParser):
    """Collects the texts of a page, each as it stands between two tags.

    What stands in ``code``, or in a table body marked ``translate="no"``, are fields of a document
    and their values as they are written there; a language's own name is in that language.
    """

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._unread = 0
        self._switch = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._unread += tag in UNREAD or found.get("translate") == "no"
        self._switch = self._switch or (tag == "a" and "hreflang" in found)
        self.texts += [text for name in SPOKEN if (text := found.get(name))]

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in UNREAD or (tag == "tbody" and self._unread > 0)
        self._switch = self._switch and tag != "a"

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text and not self._unread and not self._switch:
            self.texts.append(text)


def texts_of(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    return reader.texts


def chinese_only(html: str, names: Collection[str]) -> list[str]:
    """Return the texts of an English page that are Chinese and have no English beside them."""
    return [
        text
        for text, rest in without(texts_of(html), names)
        if CHINESE.search(rest) and not ENGLISH.search(rest)
    ]


def english_only(html: str, names: Collection[str]) -> list[str]:
    """Return the texts of a Chinese page that are English and have no Chinese beside them."""
    return [
        text
        for text, rest in without(texts_of(html), names)
        if ENGLISH.search(rest) and not CHINESE.search(text)
    ]


def without(texts: list[str], names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Give each text, and what is left of it without names."""
    known = sorted(names, key=len, reverse=True)
    for text in texts:
        rest = text
        for name in known:
            rest = rest.replace(name, "")
        yield text, rest
