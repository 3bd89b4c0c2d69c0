"""How long a text may be on each channel, in bytes of UTF-8: what is longer is cut by the channel, in the middle of a thought."""

from collections.abc import Mapping

LIMITS: Mapping[str, int] = {
    "wecom_kf": 2048,
    "wecom_contact": 4000,
    "wecom_group": 4000,
    "wecom_aibot": 20_480,
    "dingtalk": 7000,
    "feishu": 20_000,
}
"""Channel → bytes: kf/send_msg, the texts of send_welcome_msg and add_msg_template, a stream of an aibot, what fits into
DingTalk's ``msgParam`` and into a card of Feishu. A channel that is not here (the web chat) takes any length."""


def most(channel: str) -> int | None:
    """Bytes that a text may have on a channel; None: any number."""
    return LIMITS.get(channel)


def too_long(text: str, channel: str) -> bool:
    """Whether a text is longer than a channel takes; placeholders count as they are written."""
    limit = most(channel)
    return limit is not None and len(text.encode("utf-8", "surrogatepass")) > limit
