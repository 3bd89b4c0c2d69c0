"""What is moved out of a group into a talk of two. Pure."""

from bot.channels.private import private_place
from bot.model import Arrival, Conversation, ConversationId, InboundMessage
from intents.groups import Decision


def forward(
    decision: Decision, message: InboundMessage, where: Conversation, handover: str | None
) -> tuple[tuple[str, Arrival], ...]:
    """The message, as it goes on in the sender's talk with the assistant alone; nothing where there can be none.

    ``handover``: kind of the handover that it is moved for.
    """
    place = private_place(where.channel, where.account, message.sender) if message.sender else None
    if place is None or message.sender is None:
        return ()
    conversation, peer, external = place
    payload: dict[str, object] = {"from_group": where.id, **({"handover": handover} if handover else {})}
    arrival = Arrival(
        channel=where.channel,
        account=where.account,
        platform_id=f"group:{message.id}",
        conversation=ConversationId(conversation),
        kind=message.kind,
        text=decision.asks or message.text,
        payload=payload,
        sent_at=message.sent_at,
        peer=peer,
        external=external,
    )
    return ((message.sender, arrival),)
