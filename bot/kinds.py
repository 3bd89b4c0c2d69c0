"""The kinds of things that ops edit and the channels, and what ops call them; pages need them without the rooms behind."""

from collections.abc import Mapping
from typing import Literal, get_args

Kind = Literal[
    "script", "entry", "training", "spelling", "product", "tag", "rule", "store", "guide", "macro", "post", "brand", "dialogue",
    "exception",
]  # fmt: skip
"""What an item is."""
KINDS: tuple[Kind, ...] = get_args(Kind)
NAMES: Mapping[Kind, str] = {
    "script": "话术",
    "entry": "知识",
    "training": "例句",
    "spelling": "词表",
    "product": "商品",
    "tag": "标签",
    "rule": "规则",
    "store": "门店",
    "guide": "导购",
    "macro": "快捷操作",
    "post": "群发",
    "brand": "品牌设置",
    "dialogue": "对话",
    "exception": "例外",
}
"""What ops call it."""
CHANNELS: Mapping[str, str] = {
    "web": "网页聊天",
    "wecom_kf": "微信客服",
    "wecom_contact": "企业微信单聊",
    "wecom_group": "企业微信群",
    "wecom_aibot": "企微智能机器人",
    "dingtalk": "钉钉",
    "feishu": "飞书",
}
"""Channels that a wording may be meant for."""
