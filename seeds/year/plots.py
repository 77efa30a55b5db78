"""Plots as SVG text, drawn by hand: no script, no font, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from math import cos, radians, sqrt

from seeds.year.lines import DayLine, HourLine, PointVolume

WIDTH = 960
INK, SOFT = "var(--ink)", "var(--soft)"
BUSINESS_COLORS: Mapping[str, str] = {
    "balance_inquiry": "#8aa4b8",
    "transfer": "#2f6f9f",
    "withdrawal": "#b5482f",
    "bill_payment": "#6a8f3c",
    "cash_remittance": "#b08a2e",
}
WEEKDAYS = ("周一 Mon", "周二 Tue", "周三 Wed", "周四 Thu", "周五 Fri", "周六 Sat", "周日 Sun")
EMPTY_HOURS_BEFORE, EMPTY_HOURS_AFTER = 6, 22


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a list, with the figure that stands beside it."""

    title: str
    value: int
    shown: str


def day_plot(lines: Sequence[DayLine], titles: Mapping[str, str]) -> str:
    """Draw the operations of every day, the businesses one upon the other."""
    left, top, height = 60, 16, 260
    wide = WIDTH - left - 10
    most = max((line.count for line in lines), default=1)
    scale, step = height / most, wide / max(len(lines), 1)
    names = [name for name in BUSINESS_COLORS if any(line.counts.get(name) for line in lines)]
    below = [0.0] * len(lines)
    marks: list[str] = list(grid(left, top, height, most))
    for name in names:
        above = [low + line.counts.get(name, 0) for low, line in zip(below, lines, strict=True)]
        edges = [(left + n * step, value) for n, value in enumerate(above)]
        back = [(left + n * step, value) for n, value in enumerate(below)][::-1]
        # A day is as wide as its step: the last one ends where the plot does.
        edges.append((left + len(lines) * step, above[-1]))
        back.insert(0, (left + len(lines) * step, below[-1]))
        path = " ".join(f"{x:.1f},{top + height - value * scale:.1f}" for x, value in edges + back)
        marks.append(
            f'<polygon points="{path}" fill="{BUSINESS_COLORS[name]}"><title>'
            f"{escape(titles[name])}</title></polygon>"
        )
        below = above
    marks += month_marks(lines, left, top + height, step)
    for number, name in enumerate(names):
        x = left + number * 175
        marks.append(
            f'<rect x="{x}" y="{top + height + 34}" width="12" height="12"'
            f' fill="{BUSINESS_COLORS[name]}"/>'
            + text_at(x + 18, top + height + 44, titles[name], size=12)
        )
    return svg(top + height + 56, marks)


def month_marks(lines: Sequence[DayLine], left: int, base: int, step: float) -> Iterator[str]:
    """Give a tick and a name where a month begins."""
    for number, line in enumerate(lines):
        day = date.fromisoformat(line.date)
        if day.day == 1 or number == 0:
            x = left + number * step
            yield f'<line x1="{x:.1f}" y1="{base}" x2="{x:.1f}" y2="{base + 5}" stroke="{SOFT}"/>'
            yield text_at(x + 2, base + 18, f"{day.month}月", size=12)


def grid(left: int, top: int, height: int, most: int) -> Iterator[str]:
    """Give horizontal lines at round figures."""
    step = round_step(most)
    for value in range(0, most + 1, step):
        y = top + height - value * height / most
        yield (
            f'<line x1="{left}" y1="{y:.1f}" x2="{WIDTH - 10}" y2="{y:.1f}" stroke="{SOFT}"'
            ' stroke-opacity="0.35"/>'
        )
        yield text_at(left - 6, y + 4, f"{value:,}", size=11, anchor="end")


def round_step(most: int) -> int:
    """Return a round step of which three to seven reach ``most``.

    >>> round_step(6_900), round_step(12), round_step(3)
    (1000, 2, 1)
    """
    step = 1
    for factor in (2, 5, 10) * 12:
        if most // step <= 7:
            break
        scale = 10 ** (len(str(step)) - 1)
        step = scale * factor
    return step


def hour_plot(lines: Sequence[HourLine]) -> str:
    """Draw the operations by hour of the day."""
    counts = [sum(line.count for line in lines if line.hour == hour) for hour in range(24)]
    left, top, height = 60, 16, 180
    most, step = max(*counts, 1), (WIDTH - left - 10) / 24
    marks = list(grid(left, top, height, most))
    for hour, count in enumerate(counts):
        tall = count * height / most
        marks.append(
            f'<rect x="{left + hour * step + 3:.1f}" y="{top + height - tall:.1f}"'
            f' width="{step - 6:.1f}" height="{tall:.1f}" fill="#2f6f9f">'
            f"<title>{hour}:00 {count:,}</title></rect>"
        )
        marks.append(text_at(left + hour * step + step / 2, top + height + 16, str(hour),
                             size=11, anchor="middle"))  # fmt: skip
    return svg(top + height + 26, marks)


def heat_map(lines: Sequence[HourLine]) -> str:
    """Draw weekday by hour: the darker, the more operations."""
    hours = range(EMPTY_HOURS_BEFORE, EMPTY_HOURS_AFTER)
    left, top, cell = 90, 10, 30
    wide = (WIDTH - left - 10) / len(hours)
    most = max((line.count for line in lines), default=0) or 1
    marks = []
    for line in lines:
        if line.hour in hours:
            x, y = left + (line.hour - hours[0]) * wide, top + line.weekday * cell
            marks.append(
                f'<rect x="{x:.1f}" y="{y}" width="{wide - 2:.1f}" height="{cell - 2}"'
                f' fill="#b5482f" fill-opacity="{0.04 + 0.96 * line.count / most:.3f}"><title>'
                f"{WEEKDAYS[line.weekday]} {line.hour}:00 {line.count:,}</title></rect>"
            )
    marks += [
        text_at(left - 8, top + n * cell + 19, name, size=12, anchor="end")
        for n, name in enumerate(WEEKDAYS)
    ]
    marks += [
        text_at(left + n * wide + wide / 2, top + 7 * cell + 16, str(hour), size=11,
                anchor="middle")
        for n, hour in enumerate(hours)
    ]  # fmt: skip
    return svg(top + 7 * cell + 26, marks)


def point_map(points: Sequence[PointVolume]) -> str:
    """Draw every point where it stands; its area grows with its operations; no boundaries."""
    if not points:
        return svg(10, [])
    west, east = (pick(p.longitude for p in points) for pick in (min, max))
    south, north = (pick(p.latitude for p in points) for pick in (min, max))
    narrow = cos(radians((south + north) / 2))
    scale = 900 / max((east - west) * narrow, (north - south) * 1.2, 0.01)
    most = max(p.count for p in points) or 1
    marks = []
    for point in sorted(points, key=lambda one: -one.count):
        x, y = 30 + (point.longitude - west) * narrow * scale, 30 + (north - point.latitude) * scale
        radius = 1.2 + 7 * sqrt(point.count / most)
        color = "#b5482f" if point.count else "none"
        edge = "" if point.count else f' stroke="{INK}"'
        marks.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{color}"'
            f' fill-opacity="0.45"{edge}>'
            f"<title>{escape(point.name)} {point.count:,}</title></circle>"
        )
    return svg(int(60 + (north - south) * scale), marks)


def bars(items: Sequence[Bar], color: str) -> str:
    """Draw one bar a line, its figure beside it."""
    line, left = 30, 390
    most = max((item.value for item in items), default=0) or 1
    marks = []
    for number, item in enumerate(items):
        y, wide = number * line + 8, (WIDTH - left - 170) * item.value / most
        marks.append(text_at(left - 8, y + 15, item.title, size=13, anchor="end"))
        marks.append(
            f'<rect x="{left}" y="{y}" width="{max(wide, 1):.1f}" height="20" fill="{color}"/>'
        )
        marks.append(text_at(left + wide + 8, y + 15, item.shown, size=12))
    return svg(len(items) * line + 12, marks)


def text_at(x: float, y: float, text: str, *, size: int, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{INK}">'
        f"{escape(text)}</text>"
    )


def svg(height: int, marks: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" xmlns="http://www.w3.org/2000/svg">'
        + "".join(marks)
        + "</svg>"
    )
