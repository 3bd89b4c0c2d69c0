"""A help page as web shops have them, and a Markdown file as editors keep them."""

MARKDOWN = """# 帮助中心

## 售后

### 多久可以退货？

签收后 7 天内、没拆封都可以退。

1. 打开小程序
2. 点申请售后

## 物流

问：发什么快递？
问：可以指定快递吗？
答：默认中通，不能指定。

| 问题 | 相似问 | 答案 |
|---|---|---|
| 满多少包邮 | 包邮吗 | 满99元包邮。 |
| 怎么开发票 | | 下单时填抬头。 |
"""

HELP_PAGE = """<!doctype html><html><head><title>帮助中心</title><style>p{color:red}</style></head>
<body><div class="top-nav"><a href="/">首页</a> | <a>登录</a></div>
<div class="breadcrumb">当前位置：首页 &gt; 帮助</div>
<div class="faq">
<h3>1. 退货要多久到账？</h3>
<p>仓库收到后&nbsp;48 小时内退款。</p>
<p>仓库收到后 48 小时内退款。</p>
<h3>退<ruby>货<rp>(</rp><rt>huò</rt><rp>)</rp></ruby>運費誰出</h3>
<p>質量問（wèn）題我們出，其他情況自理。</p>
<p>👉 长按识别下方二维码，加客服微信领券</p>
<h3>周末发货吗？</h3><p>周末照常发。<script>track()</script></p>
</div>
<div class="share-bar">分享到：微博 微信</div>
<div class="footer">版权所有 © 2026 <a>沪ICP备12345678号</a></div></body></html>"""
