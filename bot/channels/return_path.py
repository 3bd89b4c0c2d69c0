"""What a channel may ask about a message that it is to send: which words it answers, and the way back they brought."""

from collections.abc import Awaitable, Callable, Sequence

from bot.model import InboundMessage, Outgoing

Heard = Callable[[Outgoing], Awaitable[Sequence[InboundMessage]]]
"""The messages that an outgoing one answers, newest first, then the latest others of the conversation, newest first.

DingTalk's ``sessionWebhook`` and an aibot's ``response_url`` come with a message and end with it, so they live in its payload and
nowhere else: what is erased there is gone for the channel too.
"""
