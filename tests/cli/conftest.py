"""A home for the whole run, so that models are trained once, and a small brand that trains in a second."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from cli_processes import write

_NLU = "version: '3.1'\nnlu:\n  - intent: {}\n    examples: |\n{}"
_SAID = {
    "greet": ["在吗", "你好", "哈喽", "有人吗"],
    "return_goods": ["能退吗", "我要退货", "不想要了退钱", "怎么退款"],
    "recommend_product": ["推荐一款面霜", "想买面霜", "有没有适合干皮的", "买什么好"],
    "ask_human": ["转人工", "找个真人", "叫客服来", "人工客服"],
}


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """DAOGOU_HOME of all commands."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def brand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small brand."""
    training = {
        f"intents/training/{intent}.yml": _NLU.format(intent, "".join(f"      - {one}\n" for one in said))
        for intent, said in _SAID.items()
    }
    entries = """
- id: return-window
  questions: [多久内可以退货, 不喜欢能退吗]
  answer: 签收后七天内、未拆封可以无理由退货，运费我们出。
  short: 七天内未拆封可退。
  source: 售后政策 v3
- id: return-window-gold
  questions: [多久内可以退货, 不喜欢能退吗]
  answer: 您是金卡，十五天内都能退。
  source: 会员手册
  audience: {levels: [gold]}
- id: points-my
  questions: [我有多少积分, 帮我查积分]
  answer: 在小程序的会员中心看。
  source: 会员手册
  private: true
- id: sale
  questions: [今天有什么活动]
  answer: 满三百减三十。
  source: 活动单
  valid_until: 2026-06-18
"""
    header = "sku,name,brand,category,price,tags,attributes,stock,links,image,status,launched\n"
    rows = [
        'c1,润润霜,润润,面霜,99,干性,,"{""sh-xuhui"": 3}","{""tmall"": ""https://t.example/c1""}",,active,',
        'c2,清清霜,清清,面霜,299,油性;含酒精,,"{""online"": 3}",,,active,',
        "s1,亮亮精华,润润,精华,199,美白,,5,,,active,",
    ]
    files = {
        "brand.yml": "name: 润物\npersona: {name: 小润}\n",
        "guides.yml": "stores: [{id: sh-xuhui, name: 徐汇店}]\nguides: [{id: g1, name: 王姐, store: sh-xuhui}]\n",
        "intents/spellings/a.yml": "category: {面霜: [霜], 精华: [精华液]}\nmaterial: {酒精: [乙醇]}\nskin_type: {干性: [干皮]}\n",
        "knowledge/entries/a.yml": entries,
        "recommender/products.csv": header + "\n".join(rows) + "\n",
        "recommender/tags.yml": "tags: {skin_type: {values: [干性, 油性], exclusive: true}}\n",
        "scripts/replies/greet.yml": "id: greet\nfamily: 招呼语\nvariants: [{text: 欢迎来润物}]\n",
        "tests/dialogues/a.yml": "- {say: 在吗, intent: greet, script: greet, reply: 欢迎}\n- {say: 转人工, owner: human}\n",
    }
    return write(tmp_path_factory.mktemp("brand"), training | files)
