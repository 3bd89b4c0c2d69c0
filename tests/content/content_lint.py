"""A small shop to lint: one thing of each kind, without any finding of its own."""

from collections.abc import Mapping
from datetime import date

from content_workspaces import files

from bot import content
from bot.content.items import Edit, Item, Key, Kind
from bot.content.linting import Found, Ground, ground_of, lint, lint_change, lint_item

TODAY = date(2026, 11, 22)
SHOP = {
    "brand_yml": """
name: 花间集
persona: {name: 小花, self: 花花, forbidden: [亲爱哒]}
hours: {mon-fri: "10:00-22:00", sat-sun: "09:30-22:30"}
""",
    "guides_yml": """
stores:
  - {id: sh-xuhui, name: 徐汇店, city: 上海, region: 华东, address: 上海市漕溪北路1888号, phone: 021-5555-0101,
     hours: {mon-sun: "10:00-22:00"}}
  - {id: gz-tianhe, name: 天河店, city: 广州, region: 华南, phone: 020-5555-0105, hours: {mon-sun: "10:00-21:30"}}
guides: [{id: g1, name: 王姐, store: sh-xuhui, wecom_userid: wangjie}]
macros: [{id: sample, title: 发小样, text: 小样给您留好了。}]
""",
    "knowledge__entries__a_yml": """
- id: return-window
  questions: [多久内可以退货, 不喜欢能退吗]
  answer: 签收后七天内、没拆封的都可以无理由退货。
  short: 七天内没拆封可以无理由退。
  source: 手册
- id: return-window-gold
  questions: [多久内可以退货]
  answer: 您是金卡，签收后十五天内没拆封都可以无理由退。
  source: 手册
  audience: {levels: [gold]}
- id: return-opened
  questions: [拆封了还能退吗]
  answer: 正装拆封以后就不能无理由退了，质量问题除外。
  source: 手册
- id: return-where
  questions: [退货寄到哪里, 退货的地址是哪里]
  answer: 审核通过以后会给您地址，请不要寄到门店。
  source: 手册
- id: return-who-pays
  questions: [退货的运费谁来出]
  answer: 无理由退货的运费由您承担。
  source: 手册
- id: return-gift
  questions: [退货的话赠品也要寄回去吗]
  answer: 赠品要一起寄回，用掉的按标明的价值扣。
  source: 手册
- id: free-shipping
  questions: [满多少包邮]
  answer: 小程序满99元包邮，不满收10元运费。
  source: 手册
- id: store-xuhui
  questions: [徐汇店怎么去]
  answer: 徐汇店在漕溪北路1888号，每天10点到22点，电话021-5555-0101。
  source: 手册
- id: hours-xuhui
  questions: [店里几点关门]
  answer: 徐汇店开到22点。
  source: 手册
  audience: {stores: [sh-xuhui]}
- id: winter
  questions: [现在有什么满减]
  answer: 冬季活动每满300减40，到12月12日。
  source: 活动页
  valid_until: 2026-12-12
- id: reaction
  questions: [用了脸发红怎么办]
  answer: 先停用，用清水冲干净，不要抓，尽快就医。
  source: 手册
  private: true
  handover: true
""",
    "scripts__replies__thank_yml": """
id: thank
family: 日常聊天
variants:
  - {text: 不客气呀。, weight: 2}
  - {text: "{称呼}，不用谢。", audience: {levels: [gold]}}
  - {text: 应该的。, channels: [wecom_kf]}
""",
    "scripts__replies__share_live_yml": """
id: share_live
family: 资讯分享
variants:
  - {text: "每周三晚上 8 点开播，直播页：https://mall.huajianji.cn/live"}
""",
    "scripts__replies__stock_none_yml": """
id: stock_none
family: 咨询问答
variants:
  - {text: "{商品名}现在没有货，什么时候补说不准。"}
""",
    "scripts__posts__a_yml": """
- {id: weekend, at: "15:00", days: sat, text: 周末来店里坐坐, links: [{title: 看看, url: "https://mall.huajianji.cn/a"}]}
""",
    "recommender__products_csv": (
        "sku,name,brand,category,price,tags,attributes,stock,links,image,status,launched\n"
        'cream-1,花间集山茶花滋养面霜 50g,花间集,面霜,199,滋润,,5,"{""tmall"": ""https://mall.huajianji.cn/cream-1""}",/static/a.svg,active,\n'
        'cream-2,花间集夜间修护面霜 50g,花间集,面霜,299,滋润;维A醇,,0,"{""tmall"": ""https://mall.huajianji.cn/cream-2""}",,active,\n'
        "old-1,花间集旧款爽肤水 100ml,花间集,化妆水,59,清爽,,0,,,ended,\n"
    ),
    "recommender__tags_yml": "tags: {audience: {values: [孕妇]}}\n",
    "recommender__rules_a_yml": "- {id: safe, when: {audience: 孕妇}, block: {tags: [维A醇]}, reason: 孕期不推荐}\n",
}
"""The files of the shop, as ``content_workspaces.files`` takes them."""


def shop(**more: str) -> dict[str, bytes]:
    """The shop's files with some in place of others or beside them."""
    told = {**SHOP, **more}
    told["recommender__rules__a_yml"] = told.pop("recommender__rules_a_yml")
    return files(**told)


def ground(known: Mapping[str, bytes]) -> Ground:
    """What items of a content are held against."""
    return ground_of(known, content.read_files(known), TODAY)


def linted(**more: str) -> tuple[Found, ...]:
    """All findings of the shop with some files in place of others."""
    known = shop(**more)
    return lint(known, content.read_files(known), TODAY)


def changed(around: Ground, kind: Kind, id_: str, **values: object) -> Item:
    """An item with other values; None takes a key away."""
    item = around.items[Key(kind, id_)]
    told = {name: value for name, value in {**item.value, **values}.items() if value is not None}
    return Item(item.key, Edit(item.key, told).value or {}, item.file)  # type: ignore[arg-type]


def said(around: Ground, id_: str, *texts: str) -> Item:
    """A script whose only wordings are these."""
    return changed(around, "script", id_, variants=[{"text": text} for text in texts])


def rules(around: Ground, item: Item) -> set[str]:
    """The rules that an item breaks."""
    return {one.rule for one in lint_item(item, around)}


def lost(around: Ground, item: Item | None, before: Item | None = None) -> set[str]:
    """The rules that an edit breaks."""
    was = before or (around.items.get(item.key) if item else None)
    return {one.rule for one in lint_change(was, item, around)}
