"""What each error code of Feishu's open API means for us: general codes and those of ``im/v1``, from its API reference."""

from collections.abc import Mapping

from bot.channels.refusals import Refusal

CODES: Mapping[int, Refusal] = {
    99991661: Refusal("refresh", "缺少 tenant_access_token"),
    99991663: Refusal("refresh", "tenant_access_token 无效或过期"),
    99991664: Refusal("refresh", "app_access_token 无效或过期"),
    99991668: Refusal("refresh", "access_token 无效"),
    99991671: Refusal("refresh", "access_token 格式不对"),
    99991400: Refusal("back_off", "飞书接口调用太频繁"),
    99991401: Refusal("config", "服务器 IP 不在飞书应用的 IP 白名单里"),
    99991672: Refusal("config", "飞书应用没有这个接口的权限，请在“权限管理”里开通 im:message 后发布新版本"),
    99991662: Refusal("config", "飞书应用被停用或没有发布，请在开发者后台启用并发布"),
    10003: Refusal("config", "飞书 App ID 不对，请检查 DAOGOU_FEISHU__…__APP_ID"),
    10014: Refusal("config", "飞书 App Secret 不对，请检查 DAOGOU_FEISHU__…__APP_SECRET"),
    10012: Refusal("config", "飞书应用被停用，请在开发者后台启用"),
    11232: Refusal("back_off", "飞书发消息太频繁"),
    11233: Refusal("back_off", "飞书发消息太频繁"),
    230001: Refusal("bug", "消息参数不对"),
    230002: Refusal("drop", "机器人已经不在这个群里，请把它重新加进群"),
    230006: Refusal("config", "飞书应用没有打开机器人能力，请在“应用功能-机器人”里打开并发布"),
    230013: Refusal("drop", "这位用户不在应用的可用范围里，请在开发者后台把他加进去"),
    230017: Refusal("bug", "机器人不是这条资源的主人"),
    230018: Refusal("drop", "这个群只许群主和管理员发言，请给机器人发言权限"),
    230019: Refusal("drop", "话题已经不在了"),
    230020: Refusal("back_off", "向这个群或这个人发得太快（每秒最多 5 条）"),
    230022: Refusal("drop", "内容被飞书判为敏感，没有发出"),
    230025: Refusal("bug", "内容过长"),
    230027: Refusal("config", "飞书应用缺少发消息的权限，请开通 im:message:send_as_bot 后发布新版本"),
    230028: Refusal("drop", "内容没有通过企业的审核，没有发出"),
    230029: Refusal("drop", "这位用户已经离职"),
    230034: Refusal("drop", "收件人的 ID 不对，或不是这个应用的 open_id"),
    230035: Refusal("drop", "机器人在这个群里被禁言了"),
    230038: Refusal("drop", "不能给别的企业的人单独发消息"),
    230049: Refusal("retry", "同一条消息正在发送"),
    230053: Refusal("drop", "这位用户不再接收机器人的消息"),
    230054: Refusal("plain_text", "这里不支持这种消息，改发文字"),
    230099: Refusal("plain_text", "卡片没有通过飞书的检查，改发文字"),
    230111: Refusal("plain_text", "消息的样式没有通过飞书的检查，改发文字"),
    232009: Refusal("drop", "群已经解散"),
    1500: Refusal("retry", "飞书内部错误"),
    1551: Refusal("retry", "飞书内部错误"),
}
UNKNOWN = Refusal("drop", "飞书返回了没见过的错误码")


def refusal(code: int, status: int) -> Refusal:
    """The entry of a code; one that is not known is read by the HTTP status (429: too often)."""
    return CODES.get(code, Refusal("back_off", "飞书接口调用太频繁") if status == 429 else UNKNOWN)
