"""What the readers of rules and policies refuse, in Chinese.

The readers say what is wrong in English, as the files they read are written; a clerk who proposes
a version reads it in Chinese first. Each pattern is a whole message; its blanks come back in place.
"""

from __future__ import annotations

import re

KINDS = {
    "str": "文字", "int": "整数", "float": "小数", "bool": "真假值", "list": "列表", "dict": "表",
    "date": "日期", "datetime": "日期时间", "NoneType": "空值",
}  # fmt: skip
"""How a reader names what it found: its type, and the value where it is short."""

WORDS: tuple[tuple[str, str], ...] = (
    (r"missing", "缺少"),
    (r"unknown key", "没有这个项目"),
    (r"expected text, found (.+)", "应为文字，实为{0}"),
    (r"expected 1 to (\d+) characters", "应为 1 至 {0} 个字符"),
    (r"expected a whole number, found (.+)", "应为整数，实为{0}"),
    (r"(.+) is not between (.+) and (.+)", "{0} 不在 {1} 与 {2} 之间"),
    (r"expected true or false, found (.+)", "应为 true 或 false，实为{0}"),
    (r"expected a date, found (.+)", "应为日期，实为{0}"),
    (r"expected a list of texts", "应为文字列表"),
    (r"the same word twice", "同一词出现两次"),
    (r"expected a table, found (.+)", "应为表，实为{0}"),
    (r"expected a table", "应为表"),
    (r"expected a list, found (.+)", "应为列表，实为{0}"),
    (r"an empty list", "列表为空"),
    (r"(.+) is none of (.+)", "{0} 不在可选之列：{1}"),
    (r"none of (.+)", "不在可选之列：{0}"),
    (r"unknown fact (.+)", "没有这个指标：{0}"),
    (r"a place is a plain name: (.+)", "句中空格只能写指标名：{0}"),
    (r"expected up to 8 letters and digits", "应为至多 8 个字母数字"),
    (r"expected up to 32 letters, digits, dots, dashes", "应为至多 32 个字母、数字、点、横线"),
    (r"the bank's own charges are not watched", "银行自身收费不在监测之列"),
    (r"tier B is the rulebook itself: (.+)", "B 层级即手册本身：{0}"),
    (r"a later tier must not be looser", "风险更高的层级不得更宽松"),
    (r"a band is empty in tier (.+)", "{0} 层级有一档为空"),
    (r"(.+) is not possible here", "此处不能用 {0}"),
    (r"(.+) is not possible for (.+)", "{1} 不能用 {0}"),
    (r"(.+) is in (.+), expected (.+)", "{0} 的单位是 {1}，应为 {2}"),
    (r"(.+), but the bands of this clause are in (.+)", "{0}，但本条的分档单位是 {1}"),
    (r"(.+) is in (.+), which (.+) cannot compare", "{0} 的单位是 {1}，不能用 {2} 比较"),
    (r"(.+) is no (.+)", "{0} 不是 {1}"),
    (r"missing: only the last band has no end", "缺少：只有最后一档可以没有上限"),
    (r"a gap: the last band must have no end", "有空档：最后一档不得有上限"),
    (r"a gap: (.+), but the next band starts at (.+)", "有空档：到 {0}，下一档却从 {1} 起"),
    (r"an overlap: (.+), but the next band starts at (.+)", "有重叠：到 {0}，下一档却从 {1} 起"),
    (r"(.+) is not above (.+)", "{0} 应高于 {1}"),
    (r"mixes (.+)", "单位混用：{0}"),
    (r"usual_part and usual_whole come together", "usual_part 与 usual_whole 须同时填写"),
    (r"(.+) is more than the whole", "{0} 超过全部"),
    (r"(.+) starts on the same day", "{0} 同日起生效"),
    (r"the same rule twice", "同一规则出现两次"),
    (r"the same version twice", "同一版本出现两次"),
    (r"(.+) twice", "{0} 重复"),
    (r"belongs to the rule, a version keeps it", "属于规则本身，版本不能改"),
    (r"too deep", "层次过深"),
    (r"has characters that cannot be shown", "含有不能显示的字符"),
    (r"more than (\d+)", "多于 {0} 项"),
    (r"lies in the past", "早于今天"),
    (r"(.+) is not known in this lane", "此时段不知道 {0}"),
    (r"a set needs at least one", "至少要有一个版本"),
    (r"no row for (.+)", "缺少这一行：{0}"),
    (r"a second price for (.+)", "{0} 有两个价格"),
    (r"the last tier must have no up_to_fen", "最后一级不得有上限"),
    (r"only the last tier may have no up_to_fen", "只有最后一级可以没有上限"),
    (r"each tier must reach further than the one before", "每一级须高于前一级"),
    (r"(.+) is before the start, (.+)", "{0} 早于开始日 {1}"),
    (r"(.+) is below min_fen, (.+)", "{0} 低于最低收费 {1}"),
    (r"(.+) is no bank of the network", "{0} 不是联网银行"),
)


def in_chinese(message: str) -> str:
    """Return a reader's message in Chinese; one that nobody has put into words yet, as it is.

    >>> in_chinese("7 is not between 1 and 5"), in_chinese("expected a date, found int 7")
    ('7 不在 1 与 5 之间', '应为日期，实为整数 7')
    """
    for pattern, words in WORDS:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return words.format(*map(blank_in_chinese, found.groups()))
    return message


def blank_in_chinese(blank: str) -> str:
    kind, space, value = blank.partition(" ")
    return f"{KINDS[kind]}{space}{value}" if kind in KINDS else blank
