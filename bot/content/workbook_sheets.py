"""The sheets of the workbook: one for each kind of content, with its columns in the order in which ops read them."""

from collections.abc import Sequence
from typing import Final

from bot.content import workbook_forms as forms
from bot.content import workbook_lists as lists
from bot.content.workbook_pages import Column, Page

_FAMILIES = {name: name for name in ("招呼语", "资讯分享", "日常聊天", "咨询问答")}
_STATUS = {"active": "在售", "hidden": "隐藏", "ended": "停售"}
_ROLES = {"guide": "导购", "lead": "店长", "editor": "编辑", "admin": "管理员"}
_LEVELS = {name: name for name in ("总部", "区域", "店", "个人")}
_OWNERS = {"bot": "助手", "human": "人工", "waiting": "等人接", "closed": "已结束"}
_CARD = {
    "kind": "类型",
    "title": "标题",
    "text": "说明",
    "url": "网址",
    "image": "图片",
    "id": "编号",
    "valid_until": "有效期至",
    "appid": "小程序",
    "path": "页面",
    "sku": "货号",
    "store": "门店",
}
_ID = Column("编号", ("id",), width=22, about="不能重复；改了编号就是新的一条")
_FROM = Column("开始日期", ("from",), forms.DAY, 12)
_UNTIL = Column("结束日期", ("until",), forms.DAY, 12, "这一天还算")
_MANY = "几个之间用“、”隔开"
_PAIRS = "写成“标签：值、值；标签：值”"
_ONE_EACH = "一行一个，写成“类型：link；标题：退货流程；网址：https://…”"


def _audience() -> Sequence[Column]:
    return (
        Column("会员等级", ("audience", "levels"), lists.WORDS, 12, _MANY),
        Column("门店", ("audience", "stores"), lists.WORDS, 14, "门店编号，" + _MANY),
        Column("顾客标签", ("audience", "tags"), lists.mapping("list"), 20, _PAIRS),
    )


def _scope(*, whole: bool) -> Sequence[Column]:
    return (
        Column("适用范围", ("scope", "level"), forms.labelled(_LEVELS), 10, "不写就是总部", whole),
        Column("范围编号", ("scope", "of"), width=12, about="区域写大区，店写门店编号，个人写导购编号", whole=whole),
    )


_SCRIPTS = Page(
    "script",
    "话术",
    (_ID,),
    (
        Column("类别", ("family",), forms.labelled(_FAMILIES), 12, "同一条话术的每一行都一样，空着就跟第一行", whole=True),
        Column("内容", ("text",), width=60, about="变量写成 {称呼} 或 {称呼|亲}"),
        Column("权重", ("weight",), forms.NUMBER, 8, "越大越常用，不写是 1"),
        Column("渠道", ("channels",), lists.WORDS, 14, _MANY),
        *_audience(),
        Column("受众渠道", ("audience", "channels"), lists.WORDS, 12, "和“渠道”合起来算"),
        Column("地区", ("audience", "regions"), lists.WORDS, 12, "大区或城市，" + _MANY),
        Column("首次联系", ("first",), forms.TRUTH, 10),
        _FROM,
        _UNTIL,
        Column("时段", ("hours",), forms.CLOCK, 14, "写成 09:00-12:00"),
        Column("星期", ("days",), lists.WORDS, 12, "写成 mon-fri、sat"),
        Column("附件", ("attachments",), lists.records(_CARD), 30, _ONE_EACH),
        Column("写法编号", ("id",), width=12),
        Column("实验组", ("arm",), width=8),
        *_scope(whole=True),
        Column("补充自", ("extends",), width=16, about="给另一条话术补几种写法，写它的编号", whole=True),
        Column("实验", ("experiment", "id"), width=14, whole=True),
        Column("实验开始", ("experiment", "from"), forms.DAY, 12, whole=True),
        Column("实验结束", ("experiment", "until"), forms.DAY, 12, whole=True),
        Column("实验分组", ("experiment", "arms"), lists.mapping("count"), 14, "写成“A：1；B：1”", whole=True),
        Column("名称", ("title",), width=16, about="导购在导购台里看到的名字", whole=True),
    ),
    rows="variants",
    needed=("内容",),
    aliases={"话术内容": "内容", "话术编号": "编号", "分类": "类别"},
)
_ENTRIES = Page(
    "entry",
    "知识",
    (_ID,),
    (
        Column("问法", ("questions",), lists.LINES, 40, "一行一种问法"),
        Column("回答", ("answer",), width=60),
        Column("短答", ("short",), width=40, about="群里用"),
        Column("出处", ("source",), width=20),
        Column("开始日期", ("valid_from",), forms.DAY, 12),
        Column("结束日期", ("valid_until",), forms.DAY, 12, "这一天还算"),
        Column("渠道", ("audience", "channels"), lists.WORDS, 14, _MANY),
        *_audience(),
        Column("只私下说", ("private",), forms.TRUTH, 10, "群里不答，转到私聊"),
        Column("答完转人工", ("handover",), forms.TRUTH, 11),
        Column("附件", ("attachments",), lists.records(_CARD), 30, _ONE_EACH),
        Column("相关条目", ("related",), lists.WORDS, 20, "别的条目的编号，" + _MANY),
        Column("分类", ("tags",), lists.WORDS, 16, _MANY),
        *_scope(whole=False),
    ),
    needed=("问法", "回答"),
    aliases={"相似问": "问法", "问题": "问法", "答案": "回答", "来源": "出处"},
)
_TRAINING = Page(
    "training",
    "例句",
    (Column("意图", ("intent",), width=22), Column("例句", ("example",), width=60, about="顾客会说的一句话；一行一句")),
    (),
)
_SPELLINGS = Page(
    "spelling",
    "词表",
    (
        Column("词的种类", ("slot",), width=18, about="category 是品类，concern 是诉求…"),
        Column("标准叫法", ("standard",), width=18),
    ),
    (Column("顾客的叫法", ("spellings",), lists.WORDS, 70, _MANY),),
    needed=("顾客的叫法",),
)
_PRODUCTS = Page(
    "product",
    "商品",
    (Column("货号", ("sku",), width=20, about="不能重复；改了货号就是新的一个商品"),),
    (
        Column("名称", ("name",), width=36),
        Column("品牌", ("brand",), width=12),
        Column("品类", ("category",), width=12),
        Column("价格", ("price",), forms.PRICE, 10, "元"),
        Column("商品标签", ("tags",), lists.WORDS, 36, _MANY),
        Column("属性", ("attributes",), lists.mapping("words"), 50, "写成“规格：120g；成分：甘油、泛醇”"),
        Column("库存", ("stock",), lists.mapping("count"), 26, "一个数，或者“门店编号：数；门店编号：数”"),
        Column(
            "链接", ("links",), lists.mapping("link", lines=True), 40, "一行一个，写成“tmall：https://…”；到店能买写“store：是”"
        ),
        Column("图片", ("image",), width=24),
        Column("状态", ("status",), forms.labelled(_STATUS), 10, "只有在售的会推荐"),
        Column("上市日期", ("launched",), forms.DAY, 12),
    ),
    needed=("名称",),
    aliases={"sku": "货号", "商品名称": "名称", "标签": "商品标签"},
)
_TAGS = Page(
    "tag",
    "标签",
    (Column("标签名", ("name",), width=18),),
    (
        Column("可选值", ("values",), lists.WORDS, 60, _MANY),
        Column("只能一个", ("exclusive",), forms.TRUTH, 10, "新的值顶掉旧的"),
        Column("半衰期（天）", ("half_life_days",), forms.NUMBER, 12, "过多少天可信度减半"),
        Column("硬限制", ("hard",), forms.TRUTH, 10, "商品带了它，就只给有同样标签的顾客看"),
        Column("企微标签组", ("wecom",), width=14),
    ),
    needed=("可选值",),
)
_SELECTED = "写成“tags：新品；category：面霜”"
_RULES = Page(
    "rule",
    "规则",
    (_ID,),
    (
        Column("条件", ("when",), lists.mapping("words"), 28, "写成“category：面霜；audience：孕妇”，不写就是总是"),
        Column("置顶", ("pin",), lists.WORDS, 28, "货号，" + _MANY),
        Column("屏蔽", ("block",), lists.mapping("list"), 28, _SELECTED),
        Column("加权", ("boost",), lists.mapping("list"), 28, _SELECTED),
        Column("倍数", ("factor",), forms.NUMBER, 8, "大于 1 往前排，小于 1 往后排"),
        Column("理由", ("reason",), width=36),
        _FROM,
        _UNTIL,
    ),
    needed=("条件",),
)
_HOURS = "写成“mon-fri：10:00-22:00；sat-sun：09:30-22:30”"
_STORES = Page(
    "store",
    "门店",
    (_ID,),
    (
        Column("店名", ("name",), width=14),
        Column("城市", ("city",), width=10),
        Column("大区", ("region",), width=10),
        Column("地址", ("address",), width=40),
        Column("电话", ("phone",), width=18),
        Column("营业时间", ("hours",), lists.MAPPING, 34, _HOURS),
        Column("闭店日", ("holidays",), lists.WORDS, 14, "写成 2026-01-01、2026-02-17"),
        Column("进群券", ("coupon",), lists.mapping("text", _CARD, lines=True), 40, "一行一项：编号、标题、说明、网址、有效期至"),
    ),
    needed=("店名",),
)
_GUIDES = Page(
    "guide",
    "导购",
    (_ID,),
    (
        Column("姓名", ("name",), width=12),
        Column("门店", ("store",), width=14, about="门店编号"),
        Column("角色", ("role",), forms.labelled(_ROLES), 10),
        Column("擅长", ("skills",), lists.WORDS, 24, _MANY),
        Column("最多接待", ("capacity",), forms.NUMBER, 10, "同时几位"),
        Column("企业微信账号", ("wecom_userid",), width=18),
        Column("会说的话", ("languages",), lists.WORDS, 12, "普通话以外的"),
        Column("班次", ("shifts",), lists.MAPPING, 30, _HOURS),
        Column("休假", ("days_off",), lists.WORDS, 18, "写成 2026-01-01、2026-02-17"),
    ),
    needed=("姓名",),
)
_MACROS = Page(
    "macro",
    "快捷操作",
    (_ID,),
    (
        Column("名称", ("title",), width=18),
        Column("发的话", ("text",), width=50),
        Column("打的标签", ("tags",), lists.MAPPING, 20, "写成“标签：值；标签：值”"),
        Column("待办", ("task",), width=28),
        Column("几小时后办", ("task_in_hours",), forms.NUMBER, 11),
        Column("结束对话", ("close",), forms.TRUTH, 10),
        Column("门店", ("store",), width=14, about="只有这家店能用；不写就都能用"),
    ),
    needed=("名称",),
)
_POSTS = Page(
    "post",
    "群发",
    (_ID,),
    (
        Column("名称", ("title",), width=18),
        Column("几点发", ("at",), forms.CLOCK, 10, "写成 10:00"),
        Column("哪几天", ("days",), lists.WORDS, 16, "mon-fri、sat，或者 2026-12-12"),
        _FROM,
        _UNTIL,
        Column("门店", ("groups", "stores"), lists.WORDS, 16, "门店编号，" + _MANY),
        Column("群名", ("groups", "names"), lists.WORDS, 16, _MANY),
        Column("内容", ("text",), width=50, about="和“话术”写一样就行"),
        Column("话术", ("script",), width=18, about="话术编号"),
        Column("卡片", ("cards",), lists.records(_CARD), 30, _ONE_EACH),
        Column("链接", ("links",), lists.records(_CARD), 30, _ONE_EACH),
    ),
    needed=("几点发",),
)
_BRAND = Page(
    "brand",
    "品牌",
    (Column("设置", ("key",), width=28, about="brand.yml 里的位置，用点隔开"),),
    (Column("值", ("value",), lists.ANYTHING, 70),),
    needed=("值",),
)
_DIALOGUES = Page(
    "dialogue",
    "对话",
    (Column("对话", ("file",), width=22, about="一段对话一个名字"),),
    (
        Column("顾客说", ("say",), width=40),
        Column("意图", ("intent",), width=18),
        Column("条目", ("entry",), forms.NULLABLE, 18, f"“{forms.NOTHING}”：不该由知识库回答"),
        Column("话术", ("script",), forms.NULLABLE, 18),
        Column("回复里要有", ("reply",), width=30),
        Column("推荐", ("suggests",), lists.TRUTH_OR_WORDS, 20, "货号或品类，" + _MANY + "；是：有推荐，否：没有"),
        Column("槽位", ("slots",), lists.MAPPING, 20, "写成“名字：值；名字：值”"),
        Column("谁来接", ("owner",), forms.labelled(_OWNERS), 10),
        Column("不说话", ("silent",), forms.TRUTH, 10),
        Column("谁说的", ("as",), width=12),
        Column("哪个群", ("in",), width=12),
        Column("@助手", ("at_bot",), forms.TRUTH, 10),
        Column("什么时候", ("at",), forms.MOMENT, 26),
        Column("点了哪项", ("option",), width=12),
        Column("已知问题", ("known_fault",), width=20),
    ),
    rows="steps",
    needed=("顾客说",),
)
_EXCEPTIONS = Page(
    "exception",
    "例外",
    (
        Column("规则", ("rule",), width=18),
        Column("词", ("words",), width=18),
        Column("只在", ("where",), width=24, about="例如 script/greet；不写就是哪里都行"),
    ),
    (
        Column("理由", ("reason",), width=40),
        Column("谁批的", ("by",), width=12),
        Column("哪天", ("on",), forms.DAY, 12),
    ),
    needed=("理由",),
)
PAGES: Final[tuple[Page, ...]] = (
    _SCRIPTS, _ENTRIES, _TRAINING, _SPELLINGS, _PRODUCTS, _TAGS, _RULES, _STORES, _GUIDES, _MACROS, _POSTS, _BRAND, _DIALOGUES,
    _EXCEPTIONS,
)  # fmt: skip
"""All sheets, in their order."""
