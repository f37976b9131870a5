"""How files are named, in the store and in addresses."""

from __future__ import annotations

from uuid import UUID

from marketplace.kernel.ids import to_text


def picture_name(cooperative_id: int, file_id: UUID, width: int, *, public: bool = True) -> str:
    """Name a picture in the store; what is not for everyone lies where no address leads."""
    folder = "foto" if public else "tertutup"
    return f"{folder}/{cooperative_id}/{to_text(file_id)}-{width}.webp"


def document_name(cooperative_id: int, file_id: UUID) -> str:
    """Name a document in the store."""
    return f"berkas/{cooperative_id}/{to_text(file_id)}"


def picture_path(cooperative_id: int, file_id: UUID, width: int) -> str:
    """Give the address of a public picture; what it shows never changes."""
    return f"/foto/{cooperative_id}/{to_text(file_id)}-{width}.webp"
