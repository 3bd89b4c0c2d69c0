"""Until when an answer to an aibot may travel in which way, counted from the moment at which we accepted the message.

The platform asks for a stream's state until 6 minutes after the message, and takes one message at its ``response_url`` within an
hour. An answer goes one way only: the courier decides by the first of these moments, the page of the stream shows only what was
recorded before the second, and the other way opens at the third. Between a decision and its record lie at most
``bot.courier.CALL_WITHIN`` (15 s), so no answer is on both sides.
"""

from datetime import timedelta

STREAM = timedelta(minutes=4, seconds=45)
"""Before this an answer is left to the stream: its record in the transcript is its delivery."""
SHOWN = timedelta(minutes=5, seconds=15)
"""What was recorded before this is shown; a stream that is asked for later is finished, whatever is missing."""
BACK = timedelta(minutes=5, seconds=30)
"""From this on an answer goes to the ``response_url``."""
LAST = timedelta(minutes=58)
"""The last moment for a ``response_url``, two minutes before its end."""
STREAMED = ("text", "image", "voice", "video", "file")
"""Kinds of messages that are answered with a stream; events are not."""
