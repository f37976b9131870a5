"""What a cooperative says about itself."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.cooperatives.models import Cooperative
from marketplace.cooperatives.rules import region
from marketplace.cooperatives.service.changes import changed
from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import say

GEOMETRIES, DYES = 6, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The names, numbers and contacts that officers may change themselves."""

    name: str
    legal_name: str
    tagline: str | None = None
    story: str | None = None
    registration_number: str | None = None
    deed_number: str | None = None
    business_number: str | None = None
    tax_number: str | None = None
    last_meeting_on: date | None = None
    address: str | None = None
    phone: str | None = None
    whatsapp: str | None = None
    email: str | None = None


def change_profile(
    session: Session, cooperative: Cooperative, profile: Profile, *, at: datetime
) -> None:
    """Change what a cooperative says about itself."""
    for field in fields(Profile):
        setattr(cooperative, field.name, getattr(profile, field.name))
    changed(session, cooperative, "profile", at=at)


def move(session: Session, cooperative: Cooperative, region_code: str, *, at: datetime) -> None:
    """Change the region a cooperative lies in."""
    place = region(region_code)
    if place is None:
        raise Invalid(say("Pilih wilayah dari daftar."))
    cooperative.region_code, cooperative.region_name = place.code, place.name
    changed(session, cooperative, "region", at=at)


def set_motif(
    session: Session, cooperative: Cooperative, choice: tuple[int, int] | None, *, at: datetime
) -> None:
    """Choose a cloth by geometry and dye; None gives back the one of its address."""
    if choice is not None and not all(
        0 <= part < count for part, count in zip(choice, (GEOMETRIES, DYES), strict=True)
    ):
        raise Invalid(say("Motif ini tidak ada."))
    cooperative.motif = ".".join(map(str, choice)) if choice is not None else None
    changed(session, cooperative, "motif", at=at)


def set_banner(
    session: Session, cooperative: Cooperative, file_id: UUID | None, *, at: datetime
) -> None:
    """Put a picture where the cloth was, or take it away."""
    cooperative.banner_file_id = file_id
    changed(session, cooperative, "banner", at=at)
