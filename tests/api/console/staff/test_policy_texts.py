"""What an earlier version took over in one language is read in both; what people wrote stays."""

from __future__ import annotations

import json
from typing import Any

from api.console.staff.policy_fields import told
from api.console.staff.policy_texts import CITED, TABLES, in_both
from api.console.texts import Texts
from pos_sim.domain.policy import Policy, read_policy
from pos_sim.domain.policy_changes import changes_between
from pos_sim.policies import shipped
from tests.api.console.staff.office import Clerk, words

SHIPPED = shipped().policies[-1]
DOCUMENT: dict[str, Any] = json.loads(SHIPPED.canonical)


def earlier(**changes: Any) -> Policy:
    """The shipped version as one kept it whose texts stood in English only."""
    tables = {name: [in_english(row) for row in DOCUMENT[name]] for name in TABLES}
    return read_policy(json.dumps(in_english(DOCUMENT) | tables | changes), "earlier")


def in_english(row: dict[str, Any]) -> dict[str, Any]:
    english = {name: row.get(f"{name}_en", row[name]) for name in CITED if name in row}
    return (
        {key: value for key, value in row.items() if not key.endswith("_en")} | english | title(row)
    )


def title(row: dict[str, Any]) -> dict[str, str]:
    return {"title_en": row["title_en"]} if "title_en" in row else {}


def test_what_an_earlier_version_took_over_is_read_in_both_languages() -> None:
    kept = earlier()
    assert kept.origin.source == "Yinfa [2014] No. 235; Xinhuanet 2014-09-10"
    assert changes_between(SHIPPED, kept)
    assert in_both(kept).canonical == SHIPPED.canonical


def test_what_people_wrote_stays_as_they_did() -> None:
    own = earlier(source="县支行通知", note="Pilot")
    read = in_both(own)
    assert (read.origin.source, read.origin.source_en) == ("县支行通知", "县支行通知")
    assert (read.origin.note, read.origin.note_en) == ("Pilot", "Pilot")
    for language in ("zh", "en"):
        changes = told(Texts(language), (SHIPPED, read), changes_between(SHIPPED, read))
        labels = [one.label for one in changes]
        assert len(labels) == 2, labels


def test_a_text_is_known_whatever_the_width_of_its_stops() -> None:
    (first, *others) = DOCUMENT["limit"]
    narrow = first["source"].replace("：", ": ")
    assert narrow != first["source"]
    kept = earlier(limit=[{k: v for k, v in first.items() if k != "source_en"} | {"source": narrow},
                          *others])  # fmt: skip
    assert in_both(kept).limits == SHIPPED.limits


def test_a_version_with_both_languages_is_left_alone() -> None:
    assert in_both(SHIPPED) is SHIPPED


def test_its_page_shows_both_and_the_document_as_it_was_kept(maker: Clerk) -> None:
    first = "2027-05-01"
    document = json.loads(earlier(version="earlier", effective_from=first).canonical)
    maker.send("/console/policies/new", document=json.dumps(document), note="旧文件")
    page = words(maker.get("/console/policies/earlier"))
    said, kept = page.split("全文（JSON）")
    assert "除名称和日期外没有不同" in said
    assert "Yinfa" not in said
    assert "Yinfa [2014] No. 235; Xinhuanet 2014-09-10" in kept
