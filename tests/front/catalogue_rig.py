"""A small catalogue for the console's tests."""

from collections.abc import Mapping

from tests.front.console_rig import ENTRIES, GREET, STAFF_FILE

PRODUCTS = """sku,name,brand,category,price,tags,attributes,stock,links,image,status,launched
p-cream,花间集面霜 50g,花间集,面霜,128,敏感性;补水;无香精,"{""规格"": ""50g"", ""成分"": [""神经酰胺"", ""甘油""], ""功效"": ""补水、修护""}","{""s1"": 8, ""online"": 30}","{""tmall"": ""https://shop.example/cream"", ""store"": true}",https://img.example/cream.png,active,2025-03-01
p-serum,维A精华,花间集,护肤/精华,299,维A醇;抗老,,12,"{""jd"": ""https://shop.example/serum"", ""douyin"": ""https://d.example/serum""}",,,2026-01-01
p-mask,补水面膜,别家,面膜,59.9,补水,,"{""s1"": 3}",,,active,
p-ended,老款爽肤水,别家,化妆水,39,补水型,,0,,,ended,
"""
TAGS = """
tags:
  skin_type: {values: [干性, 敏感性], exclusive: true, half_life_days: 365}
  concern: {values: [补水, 抗老]}
  audience: {values: [孕妇]}
"""
RULES = """
- {id: pin-spring, when: {category: 面霜}, pin: [p-cream], from: 2026-03-01, until: 2026-12-31}
- {id: no-retinol, when: {audience: 孕妇}, block: {tags: [维A醇]}, reason: 孕期不推荐含维A醇的产品}
- {id: boost-mask, boost: {tags: [补水]}, factor: 1.5}
"""
TRAINING = """version: "3.1"
nlu:
  - intent: return_goods
    examples: |
      - 不喜欢能退吗
      - [面霜](category)可以退货不
      - 退货怎么退
  - intent: ask_price
    examples: |
      - 这个多少钱
      - 面霜怎么卖
      - 价格多少
  - intent: greet
    examples: |
      - 你好
      - 在吗
"""
FILES: Mapping[str, str] = {
    "brand.yml": (
        "name: 花\npersona: {name: 小花, forbidden: [包治百病], voice: {address: 您}}\n"
        'hours: {mon-fri: "10:00-22:00", sat-sun: "9:30-24:00"}\nservice: {take_within: 4, rating: false}\n'
    ),
    "guides.yml": STAFF_FILE,
    "knowledge/entries/a.yml": ENTRIES,
    "scripts/replies/greet.yml": GREET,
    "recommender/products.csv": PRODUCTS,
    "recommender/tags.yml": TAGS,
    "recommender/rules/all.yml": RULES,
    "intents/training/all.yml": TRAINING,
    "intents/spellings/category.yml": "category:\n  面霜: [面霜, 霜子, 擦脸油]\n  面膜: [面膜, 面贴]\n",
}
"""What is live behind the door."""
