"""The platform's own lines in a group: who joined, and what else it announces."""

import re

_NAME = r"[\"“”「『'‘’]?(?P<{0}>[^\"“”「」『』'‘’]{{1,60}}?)[\"“”」』'‘’]?"
_JOINED = (
    re.compile(
        r"(?:邀请|邀請)\s*" + _NAME.format("who") + r"\s*(?:加入了?|进入了?|進入了?|进了?)\s*(?:本|该|了)?(?:群聊|群|群组)"
    ),
    re.compile(
        r"^\s*"
        + _NAME.format("who")
        + r"\s*(?:通过|透過|通過).{0,60}?(?:加入了?|进入了?|進入了?|进了?)(?:本|该|了)?(?:群聊|群|群组)"
    ),
    re.compile(
        r"^\s*"
        + _NAME.format("who")
        + r"\s*(?:已经?|刚刚?|成功)?(?:加入了?|进入了?|進入了?|进了?)(?:本|该|了)?(?:群聊|群|群组)[。.!！]?\s*$"
    ),
)
_LEFT = re.compile(r"移出|退出|离开|離開|怎么|如何|怎樣|能不能|可以")
_SPLIT = re.compile(r"[\"“”」』]?\s*[、,，]\s*[\"“”「『]?")
_NOTICE = re.compile(
    r"撤回了(?:一条|成员的)?消息|撤回了一條|修改群名为|群公告已更新|更新了群公告|移出了?群聊|退出了?群聊|开启了|已将.{1,20}设为|拍了拍|群聊邀请确认|"
    r"加入了?群聊|(?:领取|領取)了.{0,12}红包|被禁言|成为新群主"
)


def newcomers(text: str) -> tuple[str, ...]:
    """Names of those whom a notice says to have joined; none where it says something else."""
    if _LEFT.search(text):
        return ()
    for pattern in _JOINED:
        if found := pattern.search(text):
            return tuple(name.strip() for name in _SPLIT.split(found["who"]) if name.strip())
    return ()


def notice(text: str) -> bool:
    """Whether a line reads like the platform's own, whoever it is said to be from."""
    return len(text) < 120 and bool(_NOTICE.search(text)) and text.lstrip()[:1] in "\"“「'你群系"
