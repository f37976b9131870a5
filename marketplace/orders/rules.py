"""The states that rows may be in."""

from enum import Enum


class OrderState(Enum):
    """A state or kind."""

    MENUNGGU_BAYAR = "menunggu_bayar"
    BARU = "baru"
    DIPROSES = "diproses"
    SIAP = "siap"
    DIKIRIM = "dikirim"
    SIAP_DIAMBIL = "siap_diambil"
    DITERIMA = "diterima"
    SELESAI = "selesai"
    KEDALUWARSA = "kedaluwarsa"
    BATAL = "batal"


class Actor(Enum):
    """A state or kind."""

    BUYER = "buyer"
    OFFICER = "officer"
    CLOCK = "clock"
    PAYMENT = "payment"
