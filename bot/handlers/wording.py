"""Plain words for every script that the program says by itself: they serve a brand that wrote none.

Ops' own files under ``scripts/replies`` stand before these, script by script. Each wording can be filled with the facts that
its handler offers, even where the name of the shopper, of the brand or of the assistant is not known.
"""

from collections.abc import Iterator, Mapping, Sequence

from scripts import Script, Variant

_GREETINGS: Mapping[str, tuple[str, ...]] = {
    "welcome": ("您好，我是{品牌名|本店}的 AI 智能助手{人设名|}，常见的问题我来答，想找人说，随时点「转人工」。",),
    "greet": (
        "{称呼|您}好，我是{品牌名|本店}的智能助手{人设名|}，请问想了解什么？",
        "{时段问候|您好}，{自称|我}在的，您说。",
    ),
    "greet_again": ("我在，您说。", "在的，请讲。"),
    "goodbye": ("好的，有需要再来找{自称|我}。", "再见，祝您今天顺利。"),
}

_TALK: Mapping[str, tuple[str, ...]] = {
    "thank": ("不客气。", "不用客气，有事再叫我。"),
    "affirm": ("好的。接下来想看什么，您直接说。",),
    "deny": ("好的，那先这样，想到别的再说。",),
    "noted": ("好的，知道了。",),
    "chitchat": ("我在听，您慢慢说。", "谢谢您愿意和我说这些。"),
    "comfort": ("听着就不好受，我在，您想说就说。", "辛苦了，先歇一歇，别的都不急。"),
    "praise": ("谢谢您告诉我们，您用着好就好。",),
    "bot_identity": ("我是{品牌名|本店}的 AI 智能助手{人设名|}，不是真人。想和人说话，点「转人工」就行。",),
    "received_image": ("图片收到了，不过我看不懂图里的内容，请用文字说一下；要请人看图，点「转人工」。",),
    "received_voice": ("语音收到了，不过我听不了，请打字告诉我；不方便打字就点「转人工」。",),
    "received_video": ("视频收到了，不过我看不了视频，请用文字说一下，或者点「转人工」请人来看。",),
    "received_file": ("文件收到了，不过我打不开，请用文字说一下重点，或者点「转人工」。",),
    "received_link": ("链接收到了，不过我看不到里面的内容，您想问什么？请打字告诉我。",),
    "received_card": ("名片收到了，我没法自己去添加好友，需要的话点「转人工」交给同事。",),
    "received_records": ("聊天记录收到了，不过我看不了里面的内容，请用文字说一下，或者点「转人工」。",),
    "received_order": ("订单卡片收到了，订单里的内容要同事才能查，点「转人工」我请人来。",),
    "received_unknown": ("收到了，不过这种消息我看不了，请用文字告诉我，或者点「转人工」。",),
}

_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "answer": ("{答案}",),
    "answer_choice": ("您想问的在下面吗？点一下就行，没有的话点「转人工」。",),
    "no_answer": ("这个我没有查到可靠的说法，不敢乱答。换个问法，或者点「转人工」请同事来答。",),
    "clarify": ("我没太听懂，能换个说法吗？也可以点「转人工」。",),
    "out_of_scope": ("这个不在我能帮的范围里。商品、订单和售后的事可以问我，也可以点「转人工」。",),
    "received_product": ("收到您发的「{商品名}」，想了解价格、成分还是用法？",),
    "received_location": ("这几家店和您在同一个城市：\n{门店列表}",),
    "received_location_far": ("您那边暂时没有查到我们的店，目前的门店有：\n{门店列表}",),
    "opt_out": ("好的，不会再主动给您发消息了，您有事随时可以来问。",),
    "erased": ("好的，您说过的话和我记下的您的情况都删掉了；下单留下的订单资料要一并处理，请点「转人工」。",),
    "erased_for_good": ("好的，您说过的和我记下的都删掉了，以后也不再记；下单留下的订单资料要一并处理，请点「转人工」。",),
    "erase_sure": ("您是想让我把记下的、您说过的都删掉吗？账号和订单的注销要核实本人，请点「转人工」。",),
    "erase_not": ("好的，那先留着，想删随时说一声。",),
    "what_i_know": ("我记得的有：\n{已知}\n不对就告诉我，想删掉就说「把我的信息删了」。",),
    "what_i_know_nothing": ("关于您的喜好，我这里还没有记下什么。",),
    "what_i_know_private": ("这是您自己的事，群里不方便说，您私聊问我就行。",),
}

_PRODUCTS: Mapping[str, tuple[str, ...]] = {
    "suggest": ("按您说的，可以看看这{数量}款。",),
    "suggest_relaxed": ("完全符合的暂时没有，{放宽}这一项放宽了一些，可以看看这{数量}款。",),
    "suggest_none": (
        "按您的要求，暂时没有找到合适的，{要求|您说的条件}我没有放宽，不想随便推给您。换个条件，或者点「转人工」请导购挑。",
    ),
    "ask_category": ("想看哪一类的？",),
    "ask_skin_type": ("请问是什么肤质？",),
    "ask_concern": ("最想解决的是哪一样？",),
    "ask_budget": ("预算大概在什么范围？",),
    "ask_budget_wider": ("这个预算里暂时没有合适的，要不要放宽一点看看？",),
    "ask_age_stage": ("请问宝宝多大了？",),
    "ask_audience": ("请问是给谁用的？",),
    "ask_safety": ("挑之前先确认一下：现在有孕期、备孕或者哺乳期要避开的成分吗？",),
    "ask_more": ("再多说一点好吗？我好选得准一些。",),
    "compare": ("放在一起看是这样：\n{比较}",),
    "price": ("{商品名}现在是{价格}，以下单页面为准。",),
    "prices": ("刚才这几款的价格：{价格}，以下单页面为准。",),
    "which_product": ("您问的是哪一款？把名字发给我就行。",),
    "contains": ("{商品名}的资料里标了含{成分}。标注的成分有：{内容}。完整的请看外包装。",),
    "contains_not": ("{商品名}的资料里没有标{成分}。标注的成分有：{内容}。完整的请看外包装。",),
    "contains_free": ("{商品名}的资料里标了不含{成分}。完整的请看外包装。",),
    "contains_unknown": ("{商品名}的资料里没写含不含{成分}，我不敢乱说。要请人帮您问一下，点「转人工」就行。",),
    "fact_unknown": ("{商品名}的{属性}资料里没写，我不敢乱说。要请人帮您问一下，点「转人工」就行。",),
    "sizes": ("{商品名}现在有这几种规格：{内容}。",),
    "sizes_only": ("{商品名}现在只查到这一种规格：{内容}。",),
    "ingredients": ("{商品名}标注的成分有：{内容}。完整的请看外包装。",),
    "product_fact": ("{商品名}的{属性}：{内容}。",),
    "suitable": ("{商品名}标注的适用里有「{人群}」。第一次用，请先在小范围试一试。",),
    "suitable_not_listed": ("{商品名}标注的适用里没有「{人群}」，标的是{内容}。能不能用我不敢替您定，可以点「转人工」问导购。",),
    "not_suitable": ("{商品名}不推荐给「{人群}」：{原因}。",),
    "stock": ("{商品名}现在有货。",),
    "stock_none": ("{商品名}现在没有货，什么时候补我查不到，不敢答应您。要请人问问就点「转人工」。",),
    "stock_ended": ("{商品名}目前不在售。",),
    "stock_store": ("{门店名}现在有{商品名}，库存会变动，去之前可以先和店里确认。",),
    "stock_store_none": ("{门店名}现在没有{商品名}。",),
    "stock_store_other": ("{门店名}现在没有{商品名}，{其他门店}有。库存会变动，去之前可以先和店里确认。",),
    "stock_shops": ("{商品名}现在线上没有货，{其他门店}还有。库存会变动，去之前可以先和店里确认。",),
    "stock_city": ("{城市}这边{其他门店}现在有{商品名}，去之前可以先和店里确认。",),
    "stock_city_none": ("{城市}的店现在都没有{商品名}。要请人帮您调货或者留意，点「转人工」就行。",),
    "order_link": ("{商品名}可以从下面的链接下单。",),
    "order_which": ("请问要买哪一款？把名字发给我就行。",),
}

_PEOPLE: Mapping[str, tuple[str, ...]] = {
    "handover": ("好的，已经请同事过来，由同事接着和您说，这会儿我先不插话。",),
    "handover_named": ("好的，已经去请{导购名}，由同事接着和您说，这会儿我先不插话。",),
    "handover_order": ("这件事要同事来办，已经请同事过来，这会儿我先不插话。",),
    "handover_reaction": ("已经请负责的同事来跟进，这会儿我先不插话。",),
    "handover_complaint": ("对不起，让您有了不好的感受。已经请负责的同事接手，这会儿我先不插话。",),
    "handover_confused": ("抱歉，没能帮上您。已经请同事过来，这会儿我先不插话。",),
    "handover_suitability": ("能不能用我拿不准，不敢让您冒险。已经请懂行的同事来答，在那之前请先别用。",),
    "handover_after_answer": ("这件事已经交给同事跟进，由同事接着和您说。",),
    "handover_after_hours": ("现在没有同事在线，{下次营业|上班}之后会有人来处理，这件事已经记下了。您可以先把情况写在这里。",),
    "reaction_first_aid": (
        "请先停用这件产品，用清水冲洗干净，不要抓挠，把产品和照片留好；误吃的先漱口，别催吐。如果加重，或者碰到眼睛、呼吸不舒服，请马上就医。",
    ),
    "waiting": ("收到，这句同事也能看到，请稍等。",),
    "regret": ("对不起，这次是我们没做好。",),
    "apology": ("抱歉，刚才是我们的程序出错了，没能处理您的消息。已经请同事来看。",),
}

_FAMILIES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "招呼语": _GREETINGS,
    "日常聊天": _TALK,
    "咨询问答": {**_ANSWERS, **_PRODUCTS, **_PEOPLE},
}


def _scripts() -> Iterator[Script]:
    for family, scripts in _FAMILIES.items():
        for name, texts in scripts.items():
            yield Script(name, family, tuple(Variant(text) for text in texts))


BUILT_IN: Sequence[Script] = tuple(_scripts())
"""One script for each that a handler says; see ``table.OFFERED``."""
