"""What the shopper was told, shown and promised: by entries and products, and by what guides wrote themselves."""

import re
from collections.abc import Iterator

from bot.brief.clauses import asks, clauses, cut, listed, mapping, sentences, trimmed
from bot.brief.model import Clause, Remark, Story

PROMISED, TOLD = 26, 20
"""Characters of one clause."""
_DOES = re.compile(
    r"给您|帮您|为您|我来|我帮|我们?会|我(?:这边|联系|查一下|催)|安排|申请|加急|修好|补[发寄]|回电|回复您|联系您|答复|退(?:给|回)|派[送件]|发(?:出|货|走|到|顺丰)|寄[出回到]|上门|"
    r"留(?:一|着|给|两)|登记|换新|到账|通知您|送(?:一次|达|到)|打电话|内到|赔付|给(?:您)?结果|重新发|免费换"
)
_WHEN = re.compile(
    r"今[天晚早]|明[天早晚]|后天|周[一二三四五六日天末]|下周|月底|上午|下午|傍晚|晚上|中午|半?小时|分钟|[一二两三四五六七八九十\d]+[天点]|之?前|工作日|马上|稍后|尽快|到货|质保期内|\d+号|一起发"
)
_NOT = re.compile(r"不能|无法|没法|暂不|不会|没有办法|不支持|恐怕|如果|要是|的话(?!题)|可能|建议|可以申请")
_BOT_PROMISE = re.compile(r"同事|导购|客服|顾问")
_EMPTY = re.compile(
    r"^(?:在|您好|你好|亲|好|请稍等|稍等|请问|收到|正在|抱歉|非常抱歉|实在|不好意思|请提供|请拍照|请讲|您说|请说|嗯|哪|预算|对不起|真不好意思|太好了|明白|记下|没问题|这就|花花)"
)


_ROUTINE = (
    "handover", "waiting", "hold_off", "welcome", "greet", "hello_", "ask_", "clarify", "no_answer", "out_of_scope", "affirm",
    "deny", "returned", "requeued", "rated", "thank", "goodbye", "regret", "noted", "chat_", "comfort",
)  # fmt: skip
"""Scripts that tell nothing of the matter: courtesies, questions back, and that a person comes."""


def _routine(remark: Remark) -> bool:
    return str(mapping((remark.trace or {}).get("script")).get("id", "")).startswith(_ROUTINE)


def told(story: Story) -> Iterator[Clause]:
    """What was answered and shown, in the order of the talk."""
    for remark in story.remarks:
        if remark.recalled or remark.author not in {"bot", "guide"} or _routine(remark):
            continue
        trace = remark.trace or {}
        entry = story.entries.get(str(mapping(trace.get("entry")).get("id")))
        if entry:
            yield Clause(f"答过“{cut(entry, TOLD)}”", (remark.id,))
        elif names := _shown(story, remark):
            yield Clause(f"看过{'、'.join(names)}", (remark.id,))
        elif (said := _statement(remark)) is not None:
            yield Clause(f"说过“{cut(said, TOLD)}”", (remark.id,))


def _shown(story: Story, remark: Remark) -> list[str]:
    skus = [str(mapping(one).get("sku")) for one in listed((remark.trace or {}).get("items"))]
    return [cut(plain_name(story.names[sku]), 10) for sku in skus if sku in story.names][:3]


def plain_name(name: str) -> str:
    """A product's name without its contents (… 250ml)."""
    return re.sub(r"\s+\S*\d\S*(?:[×x]\S+)?$", "", name)


def _statement(remark: Remark) -> str | None:
    """A sentence that tells something: no courtesy, no question, no promise."""
    for sentence in sentences(remark.text):
        first = trimmed(clauses(sentence)[0]) if clauses(sentence) else ""
        if len(first) >= 4 and not _EMPTY.match(first) and not asks(sentence) and not _promising(sentence, remark):
            return first
    return None


def promised(story: Story) -> Iterator[Clause]:
    """What a guide, or the bot in the name of one, said would be done, with its time where one was told."""
    for remark in story.remarks:
        if remark.recalled or remark.author not in {"bot", "guide"} or _routine(remark):
            continue
        if mapping((remark.trace or {}).get("entry")):
            continue
        for sentence in sentences(remark.text):
            parts = clauses(sentence)
            ours = [
                n
                for n, part in enumerate(parts)
                if _promising(part, remark) or (_DOES.search(part) and _promising(sentence, remark))
            ]
            dated = [n for n in ours if _WHEN.search(parts[n])]
            if ours:
                yield Clause(cut(_dated(parts, (dated or ours)[0]), PROMISED), (remark.id,))


def _promising(words: str, remark: Remark) -> bool:
    if _NOT.search(words) or words.endswith(("?", "？")) or not _DOES.search(words):
        return False
    return remark.author == "guide" or (_BOT_PROMISE.search(words) is not None and _WHEN.search(words) is not None)


def _dated(parts: list[str], at: int) -> str:
    """The clause, with the one beside it where that says when or goes on with it."""
    part = trimmed(parts[at])
    after = trimmed(parts[at + 1]) if at + 1 < len(parts) else ""
    if after and not asks(after) and (_DOES.search(after) or (not _WHEN.search(part) and _WHEN.search(after))):
        return f"{part}，{after}"
    before = trimmed(parts[at - 1]) if at else ""
    if before and not _WHEN.search(part) and _WHEN.search(before):
        return f"{before}，{part}"
    return part
