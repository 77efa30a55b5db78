"""What only a simulation has: truth, magic, manifest, test data."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.models.about import ClockShown
from api.models.fields import AmountFen, BillerId, BillNo, Body, CardNo, PersonName
from api.models.tariff import CARD_RULE, ONE_CARD, BankId
from api.words import broken_rule
from pos_sim.domain.cards import CardStatus, Product
from pos_sim.domain.magic import Effect
from pos_sim.domain.money import LARGEST
from seeds.wishes import CreditKind


class PostingShown(BaseModel):
    """One side of one posting."""

    account_no: str
    kind: str
    side: str = Field(description="`debit` or `credit`")
    amount_fen: int
    bank_id: str


class TruthShown(BaseModel):
    """What really happened to a key."""

    seen: bool = Field(description="Whether the bank has decided this key")
    answered: bool = Field(description="Whether there is a decision that could be answered")
    status: str | None
    response_code: str | None
    postings: list[PostingShown] = Field(description="The key's own; a reversal has its own key")
    till_delta_fen: int = Field(description="Banknotes that the books took in, fen")
    reversed_by: str | None = Field(description="The reversal, or whoever cancelled it")
    tombstoned: bool = Field(description="Reversed before it came: it will be answered 94")
    advice: str = Field(description="What a good client does now")


class MagicShown(BaseModel):
    """One magic card and the answer it always gets."""

    card_no: str
    pin: str
    effect: str
    response_code: str
    text: str
    text_en: str


class MagicList(BaseModel):
    """All magic cards of this world."""

    items: list[MagicShown]


class ManifestCard(BaseModel):
    """A card that works now, with its PIN."""

    card_no: str
    pin: str
    product: str
    bank_id: str
    account_no: str
    name: str
    age: int
    county: str
    balance_fen: int


class ManifestTerminal(BaseModel):
    """A terminal of an open point."""

    terminal_id: str
    service_point_id: str
    bank_id: str
    kind: str
    county: str
    opens: str
    closes: str


class ManifestBill(BaseModel):
    """A bill that waits to be paid."""

    biller_id: str
    bill_no: str
    amount_fen: int


class ManifestPayee(BaseModel):
    """An account that money can be sent to, with the whole name."""

    account_no: str
    name: str
    bank_id: str


class Manifest(BaseModel):
    """A page of what works now; one cursor leads through the four lists in step."""

    cards: list[ManifestCard]
    terminals: list[ManifestTerminal]
    bills: list[ManifestBill]
    payees: list[ManifestPayee]
    next_cursor: str | None


class OneCard(Body):
    """A card, by its id or its number."""

    model_config = ConfigDict(json_schema_extra=ONE_CARD)

    card_id: Annotated[str, Field(pattern="^[0-9]{1,12}$")] | None = None
    card_no: CardNo | None = None

    @model_validator(mode="after")
    def names_one_card(self) -> Self:
        """Want ``card_id`` or ``card_no``, and not both."""
        if (self.card_id is None) == (self.card_no is None):
            raise broken_rule(*CARD_RULE)
        return self

    def named(self) -> dict[str, Any]:
        """Return the card as the seeds ask for it."""
        card_id = None if self.card_id is None else int(self.card_id)
        return {"card_id": card_id, "card_no": self.card_no}


class NewCardBody(Body):
    """A card; whatever is not said is an ordinary card of the place."""

    product: Product = Product.DEBIT
    bank_id: BankId = "gyb"
    county: Annotated[str, Field(pattern="^[0-9]{6}$")] | None = None
    balance_fen: Annotated[int, Field(strict=True, ge=0, le=LARGEST)] = 1_000_000
    name: PersonName | None = None
    birth_date: Annotated[date, Field(ge=date(1900, 1, 1))] = date(1970, 1, 1)
    status: CardStatus = CardStatus.ACTIVE
    gets_subsidies: Annotated[bool, Field(strict=True)] = False
    effect: Effect | None = None


class NewCard(BaseModel):
    """The card that was made, with its number and PIN."""

    card_id: str
    card_no: str
    pin: str
    product: str
    bank_id: str
    account_no: str
    name: str
    age: int
    county: str
    balance_fen: int
    status: str
    gets_subsidies: bool
    effect: str | None


class CreditBody(OneCard):
    """Money from outside that arrives on a card."""

    kind: CreditKind
    amount_fen: AmountFen


class Credit(BaseModel):
    """The money that arrived."""

    entry_id: str
    card_id: str
    card_no_masked: str
    account_no: str
    kind: str
    amount_fen: int
    balance_fen: int
    gets_subsidies: bool


class NewBillsBody(Body):
    """Unpaid bills: one with this number, or ``count`` with numbers of ours."""

    biller_id: BillerId
    amount_fen: AmountFen
    bill_no: BillNo | None = None
    payer_name: PersonName | None = None
    count: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 1


class NewBills(BaseModel):
    """The bills that were made."""

    items: list[ManifestBill]


class Unlocked(BaseModel):
    """A card with all its PIN tries back."""

    card_id: str
    card_no_masked: str
    pin_failures: int


class Fresh(BaseModel):
    """The world after a reset."""

    size: str
    seed: int
    clock: ClockShown
