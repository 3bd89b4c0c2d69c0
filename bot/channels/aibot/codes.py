"""What WeCom's refusals of a ``response_url`` mean for us (global error codes, developer.work.weixin.qq.com path 90313)."""

from collections.abc import Mapping

from bot.channels.refusals import Refusal

_CODES: Mapping[int, Refusal] = {
    -1: Refusal("retry", "企业微信系统繁忙"),
    45009: Refusal("back_off", "企业微信接口调用太频繁"),
    45033: Refusal("back_off", "企业微信并发调用超限"),
    40058: Refusal("bug", "消息参数不合法"),
    45002: Refusal("bug", "内容过长"),
    93004: Refusal("config", "智能机器人被停用了，请在企业微信管理后台启用"),
    93008: Refusal("drop", "智能机器人不在这个群里了"),
}
SPENT = Refusal("used", "回复地址已经用过或过期")


def refusal(code: int) -> Refusal:
    """The entry of a code; what is not known of a way back that works once is taken for its having been used."""
    return _CODES.get(code, SPENT)
