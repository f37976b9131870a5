"""Files that people gave us, as rows; the bytes lie in the file store."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.database import Base, CooperativeId, TenantId


class StoredFile(Base):
    """One picture or document of a cooperative; its bytes never change.

    ``widths`` lists the pixel widths kept as WebP (160, 320, 640) for a picture.
    """

    __tablename__ = "files"

    cooperative_id: Mapped[CooperativeId]
    id: Mapped[TenantId]
    kind: Mapped[str]
    sha256: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    widths: Mapped[str | None]
    name: Mapped[str | None]
    public: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]

    __table_args__ = (Index(None, "cooperative_id", "sha256"),)
