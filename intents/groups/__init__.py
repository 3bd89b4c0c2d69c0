"""Living in a group: who talks to whom, in which thread, and what the assistant is to do with each message.

One pure step, to be repeated for ever::

    listener = Listener(judge)                       # bot.adapters.hearing.listener() holds the shipped one
    heard = listener.listen(memory, remarks, now, manners, recognized)

``memory``: what came out of the step before, ``Memory()`` at first. ``remarks``: those that are new since then, in any order.
``now``: the present, with zone. ``recognized``: remark id → `intents.Recognition` of the remark's text (best of
`mentions.bare`, the text without its @ mentions); remarks without words need none. ``heard.decided`` holds what can be
decided by now, ``heard.wake`` when to listen again (with no remarks if nobody has spoken), for answers that wait for a guide.
What the policy behind it is: the group policy of the project's design.
"""

from intents.groups.listening import Listener
from intents.groups.model import Action, Decision, Heard, Manners, Memory, Remark

__all__ = ["Action", "Decision", "Heard", "Listener", "Manners", "Memory", "Remark"]
