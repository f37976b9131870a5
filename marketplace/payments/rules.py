"""The states that rows may be in."""

from enum import Enum


class PaymentMethod(Enum):
    """A state or kind."""

    QRIS = "qris"
    TRANSFER = "transfer"
    COD = "cod"


class PaymentState(Enum):
    """A state or kind."""

    DIBUAT = "dibuat"
    MENUNGGU = "menunggu"
    DIPERIKSA = "diperiksa"
    LUNAS = "lunas"
    KURANG = "kurang"
    LEBIH = "lebih"
    GAGAL = "gagal"
    KEDALUWARSA = "kedaluwarsa"
    BATAL = "batal"
    LUNAS_TERLAMBAT = "lunas_terlambat"
