"""What is wrong with a field, in words: Chinese first, English beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import PydanticCustomError

WORDS: dict[str, str] = {
    "missing": "缺少这个字段 · Field required",
    "extra_forbidden": "没有这个字段 · Unknown field",
    "json_invalid": "不是有效的 JSON · Not valid JSON",
    "json_type": "不是有效的 JSON · Not valid JSON",
    "model_type": "应为 JSON 对象 · Expected a JSON object",
    "model_attributes_type": "应为 JSON 对象 · Expected a JSON object",
    "dict_type": "应为 JSON 对象 · Expected a JSON object",
    "int_type": "应为整数 · Expected an integer",
    "int_parsing": "应为整数 · Expected an integer",
    "int_from_float": "应为整数 · Expected an integer",
    "int_parsing_size": "数值过大 · Too large",
    "float_type": "应为数字 · Expected a number",
    "float_parsing": "应为数字 · Expected a number",
    "finite_number": "应为有限的数字 · Expected a finite number",
    "bool_type": "应为 true 或 false · Expected true or false",
    "bool_parsing": "应为 true 或 false · Expected true or false",
    "string_type": "应为文字 · Expected a string",
    "string_unicode": "不是有效的文字 · Not valid Unicode",
    "string_pattern_mismatch": "格式不对，应为 {pattern} · Does not match {pattern}",
    "string_too_short": "至少 {min_length} 个字符 · At least {min_length} characters",
    "string_too_long": "最多 {max_length} 个字符 · At most {max_length} characters",
    "greater_than": "应大于 {gt} · Must be greater than {gt}",
    "greater_than_equal": "不得小于 {ge} · Must be at least {ge}",
    "less_than": "应小于 {lt} · Must be less than {lt}",
    "less_than_equal": "不得大于 {le} · Must be at most {le}",
    "enum": "应为 {expected} · Expected {expected}",
    "literal_error": "应为 {expected} · Expected {expected}",
    "union_tag_invalid": "应为 {expected_tags} · Expected {expected_tags}",
    "union_tag_not_found": "缺少 {discriminator} · {discriminator} is required",
    "timezone_aware": "时间须带时区 · The time needs a zone",
    "rule": "{rule}",
}
"""By pydantic's error type; what stands in braces comes from the error's context, which holds our
own bounds and words and nothing that was sent."""


def broken_rule(field: str, rule: str) -> PydanticCustomError:
    """Return the error of a rule over several fields, told at one of them."""
    return PydanticCustomError("rule", "{rule}", {"field": field, "rule": rule})


OTHERWISE = "不合要求 · Not valid"


def message_of(error: Mapping[str, Any]) -> str:
    """Return the message for one of pydantic's errors.

    >>> message_of({"type": "less_than_equal", "ctx": {"le": 200}})
    '不得大于 200 · Must be at most 200'
    """
    try:
        return WORDS[error["type"]].format_map(error.get("ctx", {}))
    except KeyError:
        return OTHERWISE
