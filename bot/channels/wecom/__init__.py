"""WeCom (企业微信): callbacks, the API client, and WeChat Customer Service (微信客服) in and out."""
