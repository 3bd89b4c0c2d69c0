"""What DingTalk's refusals mean for us: names of the new interface (``api.dingtalk.com``), numbers of the old (``oapi``).

Source: DingTalk's reference of sending by robots and its list of global return codes. Names are read by their beginning.
"""

from collections.abc import Mapping

from bot.channels.refusals import Refusal

_NAMES: Mapping[str, Refusal] = {
    "invalidauthentication": Refusal("refresh", "钉钉 accessToken 无效或过期"),
    "token.notexisted": Refusal("refresh", "钉钉 accessToken 无效或过期"),
    "invalidparameter.token": Refusal("refresh", "钉钉 accessToken 无效或过期"),
    "invalidclientidorsecret": Refusal("config", "钉钉 AppKey 或 AppSecret 不对，请检查 DAOGOU_DINGTALK__…__APP_KEY、APP_SECRET"),
    "invalidappkey": Refusal("config", "钉钉 AppKey 不对，请检查 DAOGOU_DINGTALK__…__APP_KEY"),
    "invalidparameter.robotcode": Refusal("config", "机器人编码不对或应用没有发布，请检查 DAOGOU_DINGTALK__…__ROBOT_CODE"),
    "forbidden.accessdenied.ipnot": Refusal("config", "服务器 IP 不在钉钉应用的出口 IP 名单里"),
    "forbidden.accessdenied": Refusal("config", "钉钉应用没有发消息的权限，请在“权限管理”里开通“企业内机器人发送消息”"),
    "forbidden": Refusal("config", "钉钉应用没有这个接口的权限"),
    "throttling": Refusal("back_off", "钉钉接口调用太频繁"),
    "qps": Refusal("back_off", "钉钉接口调用太频繁"),
    "flowcontrol": Refusal("back_off", "钉钉接口调用太频繁"),
    "group.disbanded": Refusal("drop", "群已经解散"),
    "bot.stopped": Refusal("drop", "机器人在这个群里被停用了，请在群设置里启用"),
    "miss.openconversationid": Refusal("drop", "没有群的编号"),
    "invalid.openconversationid": Refusal("drop", "群的编号不对，或机器人不在这个群里"),
    "resource.not.found": Refusal("drop", "机器人不在这个群里，请把它重新加进群"),
    "invalidparameter.msgparam": Refusal("plain_text", "消息的样式没有通过，改发文字"),
    "invalidparameter.msg": Refusal("plain_text", "消息的样式没有通过，改发文字"),
    "invalidparameter.userid": Refusal("drop", "收件人不对"),
    "staffid.notexisted": Refusal("drop", "收件人不在企业里"),
    "unknown.send.result": Refusal("drop", "钉钉没有说发没发到，为了不说两遍，不再发"),
    "invalidparameter": Refusal("bug", "消息参数不对"),
}
_NUMBERS: Mapping[int, Refusal] = {
    -1: Refusal("retry", "钉钉系统繁忙"),
    40014: Refusal("refresh", "钉钉 access_token 不合法"),
    42001: Refusal("refresh", "钉钉 access_token 过期"),
    40035: Refusal("plain_text", "消息的样式没有通过，改发文字"),
    90002: Refusal("back_off", "钉钉接口调用太频繁"),
    90018: Refusal("back_off", "钉钉接口调用太频繁"),
    45009: Refusal("back_off", "钉钉接口调用太频繁"),
    130101: Refusal("back_off", "机器人在这个群里发得太快（每分钟最多 20 条）"),
    410100: Refusal("back_off", "机器人在这个群里发得太快（每分钟最多 20 条）"),
    300001: Refusal("used", "会话的回复地址已经失效"),
    300005: Refusal("used", "会话的回复地址不存在"),
    310000: Refusal("used", "会话的回复地址已经失效"),
    400101: Refusal("used", "会话的回复地址不存在"),
    400102: Refusal("drop", "机器人在这个群里被停用了，请在群设置里启用"),
    400013: Refusal("drop", "群已经解散"),
    430101: Refusal("drop", "消息里有钉钉认为不安全的链接，没有发出"),
    430102: Refusal("drop", "内容被钉钉判为不合适，没有发出"),
    430103: Refusal("drop", "图片被钉钉判为不合适，没有发出"),
    430104: Refusal("drop", "内容被钉钉判为不合适，没有发出"),
    460101: Refusal("bug", "内容过长"),
}
UNKNOWN = Refusal("drop", "钉钉返回了没见过的错误码")
TOO_FAST = Refusal("back_off", "钉钉接口调用太频繁")


def by_name(name: str, status: int) -> Refusal:
    """The entry whose name begins so; one that is not known is read by the HTTP status (429: too often)."""
    small = name.lower()
    found = next((entry for start, entry in _NAMES.items() if small.startswith(start)), None)
    return found or (TOO_FAST if status == 429 else UNKNOWN)


def by_number(number: int) -> Refusal:
    """The entry of a number."""
    return _NUMBERS.get(number, UNKNOWN)
