"""A platform on virtual time with a bot's credentials, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from bot.sandbox import DEMO_KF, Corp, Faults, KfSetup, Platform, Rules, Setup
from bot.sandbox.clock import VirtualClock

KF = DEMO_KF.open_kfid
HOUR = 3600.0
OTHER_KF = KfSetup("wkOther", "二店", servicers=("xiaowang",), native_welcome=True)
FOREIGN_KF = KfSetup("wkForeign", "别家", granted=False)


class Rig:
    """The platform, one shopper, and short words for what a bot and people do."""

    def __init__(self, seed: int = 7, faults: Faults | None = None, rules: Rules | None = None) -> None:
        self.setup = Setup(seed, Corp(), (DEMO_KF, OTHER_KF, FOREIGN_KF), rules or Rules())
        self.platform = Platform(self.setup, VirtualClock(), faults)
        self.token = self.get_token()
        self.who = self.platform.arrive("王女士", 2).external_userid
        self.cursor = ""

    def get_token(self) -> str:
        corp = self.setup.corp
        answer = orjson.loads(self.platform.gettoken({"corpid": corp.corpid, "corpsecret": corp.secret}))
        return str(answer["access_token"])

    def call(self, api: str, **body: object) -> dict[str, Any]:
        return dict(orjson.loads(self.platform.call(api, self.token, body)))

    def text(self, words: str = "好的", **more: object) -> dict[str, Any]:
        return self.message("text", {"content": words}, **more)

    def message(self, msgtype: str, content: Mapping[str, object], **more: object) -> dict[str, Any]:
        body = {"touser": self.who, "open_kfid": KF, "msgtype": msgtype, msgtype: content, **more}
        return self.call("kf/send_msg", **body)

    def on_event(self, code: str, msgtype: str = "text", **more: object) -> dict[str, Any]:
        content = {"content": "欢迎"} if msgtype == "text" else {"head_content": "欢迎", "list": []}
        return self.call("kf/send_msg_on_event", code=code, msgtype=msgtype, **{msgtype: content}, **more)

    def state(self) -> int:
        return int(self.call("kf/service_state/get", open_kfid=KF, external_userid=self.who)["service_state"])

    def trans(self, state: int, **more: object) -> dict[str, Any]:
        return self.call("kf/service_state/trans", open_kfid=KF, external_userid=self.who, service_state=state, **more)

    def pull(self, **body: object) -> list[dict[str, Any]]:
        """All that is new since the last pull, with a fresh callback token."""
        token = self.platform.world.news.give(KF, self.platform.world.now())
        found: list[dict[str, Any]] = []
        while True:
            page = self.call("kf/sync_msg", **{"cursor": self.cursor, "token": token, "open_kfid": KF} | body)
            assert page["errcode"] == 0, page
            self.cursor = page["next_cursor"]
            found += page["msg_list"]
            if not page["has_more"]:
                return found

    def events(self, event_type: str) -> list[dict[str, Any]]:
        return [x["event"] for x in self.pull() if x["msgtype"] == "event" and x["event"]["event_type"] == event_type]

    def received(self) -> list[str]:
        """Texts that the shopper got by API, in order."""
        bubbles = self.platform.conversation(self.who).bubbles
        return [str(b.content.get("content", "")) for b in bubbles if b.by == "bot"]

    def transcript(self) -> list[dict[str, Any]]:
        return [orjson.loads(entry) for entry in self.platform.world.ledger.since(0, 1_000_000)]
