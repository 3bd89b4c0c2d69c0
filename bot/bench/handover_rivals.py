"""How others decide that a person must come: a list of words, or a sentiment below a threshold."""

from collections.abc import Callable, Sequence

from bot.services import Services

Rival = Callable[[str], bool]
"""Whether one message fetches a person."""

WORDS = (
    "人工", "客服", "真人", "活人", "转接", "店长", "经理", "负责人", "领导", "导购", "店员",
    "投诉", "举报", "12315", "12345", "消协", "工商", "律师", "起诉", "法院", "报警", "曝光", "维权", "媒体",
    "骗子", "骗人", "欺骗", "诈骗", "垃圾", "退钱", "还钱", "盗刷", "扣款", "多扣", "重复", "押金", "没到账", "冒充",
    "差评", "气死", "生气", "愤怒", "失望", "恶心", "无语", "坑", "破店", "什么态度", "滚", "妈的", "有病",
    "过敏", "红肿", "起疹", "刺痛", "烂脸", "医院", "拉肚子", "发烧", "自杀", "不想活",
    "听不懂", "答非所问", "没用", "团购", "采购", "批发",
)  # fmt: skip
"""A fair list: what shops put into the keyword box of their customer-service tools, and the reactions of our own trade."""
CROSS = -0.5
"""Sentiment below which a person is fetched."""


def by_words(services: Services) -> Rival:
    """Any word of the list."""
    del services
    return lambda text: any(word in text for word in WORDS)


def by_sentiment(services: Services) -> Rival:
    """Our own mood model below a threshold, alone."""
    return lambda text: services.recognizer.recognize(text).sentiment < CROSS


RIVALS: Sequence[tuple[str, Callable[[Services], Rival]]] = (("keywords", by_words), (f"sentiment < {CROSS}", by_sentiment))
