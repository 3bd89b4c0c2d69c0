"""What each error code of the customer-service API means for us (global error codes, developer.work.weixin.qq.com path 90313)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Action = Literal["retry", "back_off", "refresh", "config", "bug", "drop", "hold", "closed", "reread", "no_token", "plain_text"]


@dataclass(frozen=True, slots=True)
class Code:
    """One code: what to do, and a sentence for the person who reads it."""

    action: Action
    words: str


CODES: Mapping[int, Code] = {
    -1: Code("retry", "企业微信系统繁忙"),
    40001: Code("config", "应用 Secret 不对，请检查 DAOGOU_WECOM__…__SECRET"),
    40091: Code("config", "应用 Secret 不对，请检查 DAOGOU_WECOM__…__SECRET"),
    40013: Code("config", "企业 ID 不对，请检查 DAOGOU_WECOM__…__CORPID"),
    40014: Code("refresh", "access_token 无效"),
    41001: Code("refresh", "缺少 access_token"),
    42001: Code("refresh", "access_token 过期"),
    40058: Code("bug", "参数不合法"),
    45002: Code("bug", "内容过长"),
    45009: Code("back_off", "调用频率超限"),
    45033: Code("back_off", "并发调用超限"),
    48002: Code("config", "应用没有这个接口的权限，请在“微信客服”或“客户联系”里把它加进“可调用接口的应用”"),
    60020: Code("config", "服务器 IP 不在应用的可信名单里"),
    60011: Code("config", "应用没有权限，请在“客户联系”里把它加进可调用接口的应用，并放进可见范围"),
    84074: Code("config", "应用没有客户联系权限，请在“客户联系”里把它加进可调用接口的应用"),
    84061: Code("drop", "这位顾客不是任何成员的外部联系人"),
    40068: Code("drop", "标签已经不在了"),
    40096: Code("drop", "外部联系人的 ID 不对"),
    60111: Code("drop", "找不到这个用户"),
    49008: Code("drop", "这个客户群已经解散"),
    81017: Code("drop", "客户群超过一千个，要按群主分开列"),
    90501: Code("drop", "这不是客户群"),
    701008: Code("drop", "群主没有客户联系的许可"),
    40003: Code("drop", "找不到这个用户"),
    46004: Code("drop", "找不到这个用户"),
    40056: Code("config", "AgentId 不对，请检查 DAOGOU_WECOM__…__AGENT_ID"),
    301002: Code("config", "这个 Secret 不是 AGENT_ID 那个应用的"),
    81013: Code("drop", "收件人都不在应用的可见范围里"),
    82001: Code("drop", "没有写收件人"),
    93000: Code("config", "群机器人的 Webhook 地址不对，或机器人已被移除，请检查 DAOGOU_STAFF_WEBHOOK"),
    93004: Code("config", "群机器人被停用了"),
    93008: Code("config", "群机器人不在群里了"),
    95000: Code("config", "客服帐号不存在，请检查 KF_ACCOUNTS"),
    95004: Code("config", "客服帐号不属于这个企业，请检查 KF_ACCOUNTS"),
    95001: Code("hold", "顾客发来一条消息后最多回 5 条，等顾客再开口"),
    95002: Code("closed", "顾客超过 48 小时没有来消息，不能再发"),
    95003: Code("config", "企业未验证，客服能力受限"),
    95007: Code("no_token", "回调里的 token 过期，改为不带 token 拉取"),
    95008: Code("bug", "菜单超过 10 项"),
    95009: Code("bug", "菜单项类型不对"),
    95011: Code("config", "微信客服的版本（独立版/企业微信版）不对"),
    95012: Code("config", "微信客服的版本（独立版/企业微信版）不对"),
    95013: Code("reread", "会话已经结束"),
    95014: Code("reread", "接待人员不在这个客服帐号里，或没有激活企业微信"),
    95015: Code("config", "管理后台设置了专属客服"),
    95016: Code("reread", "会话状态不允许这样变更"),
    95017: Code("config", "微信客服的 API 开关没有打开"),
    95018: Code("reread", "会话在人工接待或已超过 48 小时，不能由机器人发送"),
    95019: Code("reread", "接待人员已停止接待"),
    95022: Code("bug", "位置类型不对"),
    95023: Code("config", "微信客服授权给了别的应用"),
    95026: Code("config", "客服帐号数量超限"),
    95027: Code("config", "未验证企业最多 10 个客服帐号"),
    95030: Code("plain_text", "组件不允许这种消息类型，改发文字"),
    95031: Code("closed", "顾客超过 48 小时没有来消息"),
    95032: Code("config", "没有聊天记录权限"),
}
UNKNOWN = Code("drop", "企业微信返回了没见过的错误码")

BACK_OFF = timedelta(seconds=20)
"""45009 is counted by the minute: a third of the window, so that at most three tries fall into one."""

FAIL_TYPES: Mapping[int, str] = {
    0: "未知原因",
    1: "顾客帐号已注销",
    2: "应用已关闭",
    4: "会话过期，超过 48 小时",
    5: "会话已关闭",
    6: "超过 5 条",
    7: "未绑定视频号",
    8: "主体未验证",
    9: "未知原因",
    10: "顾客拒收",
    11: "没有人登录企业微信客户端",
    12: "组件不允许这种消息类型",
}
"""``fail_type`` of the event msg_send_fail."""


def meaning(code: int) -> Code:
    """The entry of a code."""
    return CODES.get(code, UNKNOWN)
