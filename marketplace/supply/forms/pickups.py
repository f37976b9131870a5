"""When a member comes to fetch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from flask_babel import ngettext
from wtforms import RadioField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from marketplace.supply.rules import Slot
from marketplace.web.components import hari, jam
from marketplace.web.forms import BaseForm, lazy


class SlotForm(BaseForm):
    """One of the slots, named by when it starts; nothing chosen leaves it open."""

    slot = RadioField(lazy("Kapan diambil?"), [Optional()])

    def offer(self, slots: Sequence[Slot], coming: Mapping[datetime, int]) -> None:
        """Offer slots, each with how many members come then."""
        self.slot.choices = [SelectChoice("", lazy("Belum tahu"))]
        for one in slots:
            count = coming.get(one.starts_at, 0)
            many = ngettext("%(num)d anggota", "%(num)d anggota", count)
            text = f"{slot_said(one)} · {many}" if count else slot_said(one)
            self.slot.choices.append(SelectChoice(one.starts_at.isoformat(), text))

    def chosen(self) -> datetime | None:
        """Give when the chosen slot starts."""
        return read_slot(self.slot.data)


def read_slot(text: str | None) -> datetime | None:
    """Read when a slot starts; anything that is no time is none."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def slot_said(slot: Slot) -> str:
    """Write a slot as people say it: ``Sabtu, 14 November 08.00 sampai 09.00``."""
    return f"{hari(slot.starts_at)} {jam(slot.starts_at)}\u2013{jam(slot.ends_at)}"
