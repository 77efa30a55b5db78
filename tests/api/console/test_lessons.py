"""Lessons over HTTP: what really happened counts, and nothing that a browser only says."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from api.console.lesson_book import find_lesson
from tests.api.console.browser import Browser
from tests.api.counter import Counter, Json
from tests.api.village import OTHER_POS, POS, UNTRAINED

LESSON = "first-withdrawal"
EXAM = "lost-answer"


class Learner:
    """Somebody at a terminal with a lesson, telling what happens."""

    def __init__(self, browser: Browser, lesson_id: str, **wish: Any) -> None:
        self.http, self.lesson_id = browser.http, lesson_id
        self.token = {"X-CSRF-Token": browser.csrf(), "Accept": "*/*"}
        answer = self.post(f"{lesson_id}/attempts", {"terminal_id": POS} | wish)
        assert answer.status_code == 201, answer.text
        self.begun: Json = answer.json()
        self.standing: Json = self.begun

    def post(self, path: str, body: Any) -> httpx2.Response:
        return self.http.post(f"/console/lessons/{path}", json=body, headers=self.token)

    def send(self, moves: list[Json], after: int | None = None) -> httpx2.Response:
        told = self.standing["told"] if after is None else after
        path = f"attempts/{self.begun['attempt_id']}/moves"
        return self.post(path, {"after": told, "moves": moves})

    def tell(self, *moves: Json) -> Json:
        answer = self.send(list(moves))
        assert answer.status_code == 200, answer.text
        self.standing = answer.json()
        run: Json = self.standing["run"]
        return run

    def answer(self, *, right: bool) -> Json:
        """Answer the question in hand, as the page shows it."""
        lesson = find_lesson(self.lesson_id)
        assert lesson is not None
        at = self.standing["run"]["at"]
        wanted = next(o.text for o in lesson.steps[at].options if o.right is right)
        texts = [option["text"] for option in self.begun["steps"][at]["options"]]
        return self.tell({"event": "chose", "place": texts.index(wanted)})

    def goes_to_the_question(self, counter: Counter) -> Json:
        """Sign in, do a withdrawal whose answer gets lost, and look at the truth."""
        body = counter.body("withdrawal", amount_fen=10_000)
        counter.send("withdrawal", body)
        self.tell(
            {"event": "signed_in"},
            {"event": "at", "at": "confirm", "business": "withdrawal", "amount_fen": 10_000},
            {"event": "line", "line": "answer_lost"},
            {"event": "unanswered"},
            {"event": "truth", **key_of(body)},
        )
        return body


def key_of(body: Json) -> Json:
    return {"batch_no": body["batch_no"], "trace_no": body["trace_no"]}


@pytest.fixture
def maker(browser: Browser) -> Browser:
    browser.sign_in("demo-maker")
    return browser


def to_the_answer(learner: Learner) -> None:
    run = learner.tell(
        {"event": "signed_in"},
        {"event": "at", "at": "amount", "business": "withdrawal"},
        {"event": "at", "at": "card", "amount_fen": 20_000},
        {"event": "card", "at": "card", "card": "debit"},
        {"event": "at", "at": "confirm"},
    )
    assert (run["at"], run["score"]) == (5, 100)


def said(body: Json, **changes: Any) -> Json:
    """What a browser tells of an answer."""
    fact = {"event": "answer", "business": "withdrawal", "code": "00", "amount_fen": 20_000}
    return {**fact, **key_of(body), **changes}


def test_an_answer_counts_only_if_the_bank_gave_it(maker: Browser, counter: Counter) -> None:
    before = counter.do("withdrawal", amount_fen=20_000)
    elsewhere = counter.do("withdrawal", amount_fen=20_000, terminal_id=OTHER_POS)
    learner = Learner(maker, LESSON)
    to_the_answer(learner)
    never = {"batch_no": "777777", "trace_no": "000001"}
    for lie in (said(before), said(elsewhere), said(never), {"event": "answer", "code": "00"}):
        assert learner.tell(lie)["at"] == 5
    refused = counter.do("withdrawal", amount_fen=20_000, pin="000000")
    assert learner.tell(said(refused))["at"] == 5
    too_much = counter.do("withdrawal", amount_fen=30_000)
    assert learner.tell(said(too_much))["at"] == 5
    done = counter.do("withdrawal", amount_fen=20_000)
    assert learner.tell(said(done, event="reversed"))["at"] == 5
    assert learner.tell(said(done, code="51"))["at"] == 6


def test_a_lesson_is_passed_and_says_what_became_of_it(maker: Browser, counter: Counter) -> None:
    learner = Learner(maker, LESSON)
    to_the_answer(learner)
    learner.tell(said(counter.do("withdrawal", amount_fen=20_000)))
    run = learner.tell({"event": "paid", "paid_fen": 20_000}, {"event": "signed"})
    assert (run["is_over"], run["has_passed"], run["score"]) == (True, True, 100)
    assert run["learned"]["text"]
    assert "练习课合格" in learner.standing["said"]
    assert learner.tell({"event": "pin", "by": "keypad"})["score"] == 100


def test_a_failed_exam_enters_nothing_and_the_next_try_does(
    maker: Browser, counter: Counter
) -> None:
    point_id = counter.get(f"/v1/terminals/{UNTRAINED}").json()["service_point_id"]
    learner = Learner(maker, EXAM, trainee=point_id)
    body = learner.goes_to_the_question(counter)
    assert learner.answer(right=False)["score"] == 70
    assert learner.answer(right=True)["at"] == 6
    learner.tell(reversal_of(body, counter))
    run = learner.answer(right=True)
    assert (run["is_over"], run["has_passed"]) == (True, False)
    assert "没有合格" in learner.standing["said"]
    assert result_of(counter, point_id) == ("open", None)

    learner = Learner(maker, EXAM, trainee=point_id)
    body = learner.goes_to_the_question(counter)
    learner.answer(right=True)
    learner.tell(reversal_of(body, counter))
    assert learner.answer(right=True)["has_passed"] is True
    assert "已登记" in learner.standing["said"]
    assert result_of(counter, point_id) == ("pass", 100)


def reversal_of(body: Json, counter: Counter) -> Json:
    done = counter.reverse(body)
    return {"event": "reversed", **key_of(done)}


def result_of(counter: Counter, point_id: str) -> tuple[str, int | None]:
    point = counter.get(f"/v1/service-points/{point_id}", "demo-auditor").json()
    line = next(
        one for one in point["operator"]["training"] if one["subject"] == "terminal_operation"
    )
    return line["result"], line["score"]


def test_who_may_not_enter_results_is_told_so(browser: Browser, counter: Counter) -> None:
    point_id = counter.get(f"/v1/terminals/{UNTRAINED}").json()["service_point_id"]
    browser.sign_in("demo-checker")
    learner = Learner(browser, EXAM, trainee=point_id)
    body = learner.goes_to_the_question(counter)
    learner.answer(right=True)
    learner.tell(reversal_of(body, counter))
    assert learner.answer(right=True)["has_passed"] is True
    assert "请经办人员登录" in learner.standing["said"]


def test_what_is_told_again_counts_once_and_gaps_are_refused(maker: Browser) -> None:
    learner = Learner(maker, LESSON)
    wrong = {"event": "pin", "by": "keypad"}
    assert learner.tell(wrong, {"event": "signed_in"})["score"] == 90
    again = learner.send([wrong, {"event": "signed_in"}, wrong], after=0).json()
    assert (again["told"], again["run"]["score"], again["run"]["at"]) == (3, 80, 1)
    assert learner.send([wrong], after=9).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        {"after": -1, "moves": []},
        {"after": 0, "moves": [{}] * 101},
        {"after": 0, "moves": [{"event": ["a"]}]},
        {"after": 0, "moves": [{"event": "at", "at": "x" * 61}]},
        {"after": 0, "moves": [], "score": 100},
    ],
)
def test_what_is_no_way_to_tell_it(maker: Browser, body: Any) -> None:
    learner = Learner(maker, LESSON)
    path = f"/console/lessons/attempts/{learner.begun['attempt_id']}/moves"
    sent = {"content": body} if isinstance(body, bytes) else {"json": body}
    assert maker.http.post(path, headers=learner.token, **sent).status_code == 422


def test_an_attempt_belongs_to_who_began_it(maker: Browser, counter: Counter, address: str) -> None:
    learner = Learner(maker, LESSON)
    other = Browser(address)
    other.sign_in("demo-admin")
    stranger = Learner(other, LESSON)
    path = f"attempts/{learner.begun['attempt_id']}/moves"
    body = {"after": 0, "moves": [{"event": "signed_in"}]}
    assert stranger.post(path, body).status_code == 404
    assert stranger.post("attempts/nobody/moves", body).status_code == 404
    assert stranger.post("no-such-lesson/attempts", {"terminal_id": POS}).status_code == 404
    for wish in (
        {"terminal_id": "00000000"},
        {"terminal_id": POS, "trainee": "SP-NONE"},
        {"terminal_id": POS, "learner": "x" * 21},
        {"terminal_id": POS, "learner": "a\u202eb"},
        {},
    ):
        assert stranger.post(f"{LESSON}/attempts", wish).status_code == 422
    unsigned = maker.http.post(f"/console/lessons/{path}", json=body, headers={"Accept": "*/*"})
    assert unsigned.status_code == 403
    other.http.cookies.clear()
    assert stranger.post(path, body).status_code == 401
    other.close()


def test_a_terminals_own_key_learns_at_its_own_terminal(browser: Browser) -> None:
    browser.sign_in("bound-terminal")
    learner = Learner(browser, LESSON)
    assert learner.post(f"{LESSON}/attempts", {"terminal_id": OTHER_POS}).status_code == 403
    assert learner.post("seats", {"terminal_id": OTHER_POS}).status_code == 403


def test_the_page_of_a_lesson_holds_no_answers(maker: Browser) -> None:
    page = maker.get(f"/console/terminal?lesson={EXAM}").text
    lesson = find_lesson(EXAM)
    assert lesson is not None
    assert lesson.title in page
    assert not any(o.text in page for step in lesson.steps for o in step.options)
