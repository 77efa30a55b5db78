"""The checklist of the annual review: its items as data, what was found, and who passes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

from risk.case_mistakes import Mistakes
from risk.pages import Page

FILE = "checklists.toml"
TRAINING = "operator_training"
"""The item that the register knows better than whoever fills in the list."""


class Result(StrEnum):
    """What was found."""

    PASS = "pass"
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"


RESULT_NAMES: dict[Result, str] = {
    Result.PASS: "合格",
    Result.FAIL: "不合格",
    Result.NOT_APPLICABLE: "不适用",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to look at; one ``must`` item that fails, fails the review."""

    code: str
    title: str
    title_en: str
    must: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Items of one subject."""

    code: str
    title: str
    title_en: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one item, in words, and where the evidence lies."""

    result: Result
    note: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """One version of the list."""

    version: str
    may_fail: int
    groups: tuple[Group, ...]

    def items(self) -> Iterator[Item]:
        for group in self.groups:
            yield from group.items

    def read(self, found: Mapping[str, Finding]) -> dict[str, Finding]:
        """Return the findings in the order of the list.

        Raises `Mistakes`, which names every item that is missing, unknown, or has to apply.
        """
        wrong = {
            f"data.items.{item.code}": f"缺少核验项目：{item.title} · Missing: {item.title_en}"
            for item in self.items()
            if item.code not in found
        }
        known = {item.code: item for item in self.items()}
        for code, finding in found.items():
            if code not in known:
                wrong[f"data.items.{code}"] = "没有这个项目 · No such item"
            elif known[code].must and finding.result is Result.NOT_APPLICABLE:
                wrong[f"data.items.{code}"] = "必查项目须有结论 · This one applies everywhere"
        if wrong:
            raise Mistakes(wrong)
        return {item.code: found[item.code] for item in self.items()}

    def failed(self, found: Mapping[str, Finding]) -> list[Item]:
        return [item for item in self.items() if found[item.code].result is Result.FAIL]

    def passes(self, found: Mapping[str, Finding]) -> bool:
        """The pass rule: nothing that must be so fails, and of the rest no more than may."""
        failed = self.failed(found)
        return not any(item.must for item in failed) and len(failed) <= self.may_fail


@lru_cache(1)
def shipped_checklist() -> Checklist:
    """Read the list that comes with the program.

    >>> [group.title for group in shipped_checklist().groups][:3]
    ['负责人资质', '硬件设施', '安全生产']
    """
    page = Page(tomllib.loads(files("risk").joinpath(FILE).read_text("utf-8")), FILE)
    found = Checklist(
        page.text("version"),
        page.whole("may_fail", 0, 20),
        tuple(_group(one) for one in page.pages("group")),
    )
    page.no_more()
    codes = [item.code for item in found.items()]
    assert len(codes) == len(set(codes))
    return found


def _group(page: Page) -> Group:
    items = tuple(_item(one) for one in page.pages("items"))
    group = Group(page.text("code"), page.text("title"), page.text("title_en"), items)
    page.no_more()
    return group


def _item(page: Page) -> Item:
    item = Item(page.text("code"), page.text("title"), page.text("title_en"), page.flag("must"))
    page.no_more()
    return item


# As stored, and as handed in ------------------------------------------------------------------


def to_json(version: str, found: Mapping[str, Finding]) -> dict[str, Any]:
    """Return findings as a case keeps them."""
    items = {
        code: {"result": one.result.value, "note": one.note, "evidence": one.evidence}
        for code, one in found.items()
    }
    return {"version": version, "items": items}


def findings_of(kept: Mapping[str, Any]) -> dict[str, Finding]:
    """Return the findings that a case keeps."""
    return {
        code: Finding(Result(one["result"]), one["note"], one["evidence"])
        for code, one in kept["items"].items()
    }
