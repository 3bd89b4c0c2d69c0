"""What a sandbox is started with: the corp, its accounts, the rules that are not documented exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.sandbox.staff import ROBOT_KEY


@dataclass(frozen=True, slots=True)
class Corp:
    """One WeCom corporation with one self-built app; the defaults are good for the sandbox only."""

    corpid: str = "wwdaogousandbox001"
    secret: str = "SandboxOnlySecret-0123456789-abcdefghijklmno"  # noqa: S105  known to all
    token: str = "SandboxCallbackToken"  # noqa: S105  known to all
    aes_key: str = "SandboxOnlyAesKey0123456789abcdefghijklmnoA"
    agent_id: str = "1000002"


@dataclass(frozen=True, slots=True)
class KfSetup:
    """One customer-service account (客服账号)."""

    open_kfid: str
    name: str
    servicers: tuple[str, ...] = ("xiaolin", "xiaozhou")
    """User ids of the staff members who may serve; all of them start serving."""
    granted: bool = True
    """Whether the app may use this account; 95004 otherwise."""
    native_welcome: bool = False
    """A welcome set in the admin console: then no `welcome_code` is ever given."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Where the platform's documents are silent or vague, what the sandbox does."""

    repeat_msgid: str = "reject"
    """A `msgid` that was used: "reject" with 40058 naming it, or "ok" and nothing delivered twice."""
    end_by_api: bool = True
    """States 1 and 2 may be ended by `service_state/trans` (accepted in practice, not documented)."""
    tokenless_per_minute: int = 10
    """`sync_msg` calls per account and minute without a callback token before 45009."""
    calls_per_minute: int | None = None
    """Calls per API and minute before 45009 (third parties quote 10 000); None is without limit."""
    ledger_entries: int = 400_000
    """How many entries the ledger keeps; the totals count all of them."""


DEMO_KF: Final = KfSetup("wkDaogouSandbox0000000000000001", "样板店客服")


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that decides a run, apart from what is then done."""

    seed: int = 7
    corp: Corp = field(default_factory=Corp)
    accounts: Sequence[KfSetup] = (DEMO_KF,)
    rules: Rules = field(default_factory=Rules)


def environment(setup: Setup, api_base: str, account: str = "demo") -> Sequence[str]:
    """The lines that `daogou serve` needs in order to talk to this sandbox."""
    values = {
        "CORPID": setup.corp.corpid,
        "SECRET": setup.corp.secret,
        "AGENT_ID": setup.corp.agent_id,
        "TOKEN": setup.corp.token,
        "AES_KEY": setup.corp.aes_key,
        "KF_ACCOUNTS": ",".join(kf.open_kfid for kf in setup.accounts if kf.granted),
        "API_BASE": api_base,
    }
    robot = f"DAOGOU_STAFF_WEBHOOK={api_base}/cgi-bin/webhook/send?key={ROBOT_KEY}"
    return [*(f"DAOGOU_WECOM__{account}__{name}={value}" for name, value in values.items()), robot]
