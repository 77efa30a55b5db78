"""Due times in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from api.console.texts import Texts
from pos_sim.domain.calendar import SHANGHAI

DAY = timedelta(days=1)
SOON_PERCENT = 70


@dataclass(frozen=True, slots=True)
class DueText:
    """How long is left, by when, and how it looks: calm, soon or late."""

    left: str
    by: str
    look: str


def due_text(t: Texts, due: datetime, now: datetime, since: datetime | None = None) -> DueText:
    """Return a due time as people say it; ``since`` is when its time began."""
    left = due - now
    if left <= timedelta(0):
        return DueText(t("times.late", time=length(t, -left)), day_and_time(t, due, now), "late")
    is_soon = since is not None and now - since >= (due - since) * SOON_PERCENT / 100
    words = t("times.left", time=length(t, left))
    return DueText(words, day_and_time(t, due, now), "soon" if is_soon else "calm")


def length(t: Texts, time: timedelta) -> str:
    """Return a length of time in its largest unit, rounded down.

    >>> length(Texts("en"), timedelta(hours=3, minutes=50)), length(Texts("zh"), timedelta(days=9))
    ('3 h', '9 天')
    """
    minutes = max(1, int(time.total_seconds() // 60))
    if minutes < 60:
        return t("operations.minutes", n=minutes)
    hours = minutes // 60
    if hours < 48:
        return t("operations.hours_left", n=hours)
    return t("operations.days", n=hours // 24)


def day_and_time(t: Texts, moment: datetime, now: datetime) -> str:
    """Return a moment with the word for its day, where there is one.

    >>> noon = datetime(2026, 3, 2, 12, 0, tzinfo=SHANGHAI)
    >>> day_and_time(Texts("zh"), noon + DAY, noon), day_and_time(Texts("en"), noon, noon + 9 * DAY)
    ('明天 12:00', '03-02 12:00')
    """
    local = moment.astimezone(SHANGHAI)
    days = (local.date() - now.astimezone(SHANGHAI).date()).days
    word = {-1: t("times.yesterday"), 0: t("times.today"), 1: t("times.tomorrow")}.get(days)
    if word is None:
        word = f"{local:%m-%d}" if local.year == now.year else f"{local:%Y-%m-%d}"
    return f"{word} {local:%H:%M}"


def midnight(day: date) -> datetime:
    """Return when a calendar day begins, local time."""
    return datetime.combine(day, time(), SHANGHAI)
