"""Feishu (飞书): a bot in groups and in talks of two, by events and the messages API."""
