"""WeCom's intelligent robots (智能机器人) in callback mode: internal groups in which they are called, and talks of two."""
