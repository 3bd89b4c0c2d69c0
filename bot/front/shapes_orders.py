"""What guides' pages may send about group orders: checked here, and shown in ``/api/openapi.json``."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bot.front.shapes_desk import Id, Moment

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$")]
Unit = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Price = Annotated[Decimal, Field(ge=0, le=10_000_000, max_digits=12, decimal_places=4, strict=False)]
Count = Annotated[Decimal, Field(ge=0, le=1_000_000, max_digits=12, decimal_places=3, strict=False)]


class _Shape(BaseModel):
    """Unknown keys are ignored: newer pages may say more."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class MenuRow(_Shape):
    """One article; ``sku`` where it is to have a number of its own, ``stock`` where there is only so much."""

    name: Name
    unit: Unit
    price: Price
    sku: Id | None = None
    aliases: Annotated[tuple[Name, ...], Field(max_length=20, strict=False)] = ()
    stock: Count | None = None


class Terms(_Shape):
    """What must be reached, and how often the group is told; left out: as it is."""

    minimum_amount: Price | None = None
    minimum_n: Count | None = None
    confirm_every: Annotated[float, Field(gt=0, le=24 * 60, strict=False)] | None = None
    note: Words = ""


class NewCampaign(_Shape):
    """``POST /api/desk/{conversation}/campaigns``: the menu as rows, as text (a line each), or as skus of the catalogue."""

    title: Title
    menu: Annotated[tuple[MenuRow, ...], Field(max_length=200, strict=False)] = ()
    text: Annotated[str, StringConstraints(max_length=10_000)] = ""
    skus: Annotated[tuple[Id, ...], Field(max_length=50, strict=False)] = ()
    deadline: Moment | None = None
    terms: Terms = Terms()
    since_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 0
    """What was said in the last so many minutes counts too."""
    announce: bool = False
    """Tell the group what there is."""

    @model_validator(mode="after")
    def _something(self) -> "NewCampaign":
        if not (self.menu or self.text.strip() or self.skus):
            raise ValueError("menu")
        return self


class CampaignChange(_Shape):
    """``POST /api/desk/campaigns/{campaign}``: what is to be another; ``version`` is the ledger that the guide saw.

    ``deadline`` null takes the deadline away. ``stock``: sku → how much there is, null for as much as anybody wants.
    """

    version: Annotated[int, Field(ge=0)] | None = None
    title: Title | None = None
    deadline: Moment | None = None
    state: Literal["open", "closed", "cancelled"] | None = None
    add: Annotated[tuple[MenuRow, ...], Field(max_length=200, strict=False)] = ()
    add_text: Annotated[str, StringConstraints(max_length=10_000)] = ""
    stock: dict[Id, Count | None] = {}
    terms: Terms | None = None


class LineEdit(_Shape):
    """``POST /api/desk/campaigns/{campaign}/lines``: of a member (``sender``), or of somebody who is known by name alone.

    ``was`` is the quantity that the guide saw (0: no line), ``version`` the ledger; without either it is set in any case.
    """

    sku: Id
    n: Count
    sender: Id | None = None
    name: Name | None = None
    note: Words = ""
    version: Annotated[int, Field(ge=0)] | None = None
    was: Count | None = None

    @model_validator(mode="after")
    def _somebody(self) -> "LineEdit":
        if (self.sender is None) == (self.name is None):
            raise ValueError("sender or name")
        return self
