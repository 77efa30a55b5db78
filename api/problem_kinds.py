"""The documented list of problem types: what each means and what the caller does now."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the documented list."""

    type: str
    status: int
    title: str
    meaning: str


KINDS: dict[str, Kind] = {
    kind.type: kind
    for kind in (
        Kind(
            "invalid",
            422,
            "字段不合要求 · Not valid",
            "Malformed; nothing was done. `errors` names the fields.",
        ),
        Kind(
            "unauthorized",
            401,
            "密钥缺失或无效 · No valid API key",
            "Send `Authorization: Bearer KEY`.",
        ),
        Kind(
            "forbidden",
            403,
            "密钥无权办理 · Not allowed for this key",
            "The role of the key, or its terminal, does not allow this.",
        ),
        Kind(
            "own-approval",
            403,
            "不能复核自己的申请 · Not your own request",
            "Whoever asked for it cannot approve it.",
        ),
        Kind(
            "not-found",
            404,
            "没有找到 · Not found",
            "No such thing, or not for this key to see.",
        ),
        Kind(
            "method-not-allowed",
            405,
            "方法不支持 · Method not allowed",
            "The header `Allow` lists what is.",
        ),
        Kind(
            "key-reused",
            409,
            "同一流水号内容不同 · Key used with other content",
            "The key was used before with other content; nothing was done.",
        ),
        Kind(
            "illegal-action",
            409,
            "当前状态不允许 · Not possible in this state",
            "The state does not know or allow the action; nothing was done.",
        ),
        Kind(
            "stale-approval",
            409,
            "申请已处理或已失效 · Decided already, or overtaken",
            "Somebody decided it, or something else took its place; nothing was done.",
        ),
        Kind(
            "already-there",
            409,
            "已经存在 · Already there",
            "What shall be made exists; nothing was done.",
        ),
        Kind(
            "clock-backwards",
            409,
            "时钟不能倒退 · A clock never goes back",
            "That moment has passed; the clock stays.",
        ),
        Kind("too-large", 413, "报文过大 · Body too large", "Nothing was done."),
        Kind(
            "unsupported-media-type",
            415,
            "报文格式不支持 · Not JSON",
            "Send `Content-Type: application/json`.",
        ),
        Kind(
            "internal",
            500,
            "内部错误 · Internal error",
            "Our mistake; the operator finds it by `X-Request-Id`. Take the outcome as unknown.",
        ),
        Kind(
            "busy",
            503,
            "系统繁忙，没有办理 · Busy, nothing was done",
            "Nothing was done: send the same key again after `Retry-After` seconds.",
        ),
        Kind(
            "storage-full",
            503,
            "存储已满，没有办理 · Storage full, nothing was done",
            "Nothing was done: an operator has to make room.",
        ),
        Kind(
            "outcome-unknown",
            503,
            "结果未知 · Outcome unknown",
            "Done or not done: find it by its key, or send the same key again.",
        ),
        Kind(
            "not-ready",
            503,
            "尚未就绪 · Not ready",
            "The database is not reachable, not migrated or not seeded.",
        ),
    )
}
"""Every ``type`` that a problem can have."""
