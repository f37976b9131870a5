"""What can be wrong with a QRIS payload, each with a name for programs and a sentence."""

from __future__ import annotations

from marketplace.kernel.errors import Invalid
from marketplace.kernel.text import Sentence, say

_DAMAGED = say("Kode QRIS ini rusak atau terpotong. Salin atau foto ulang seluruhnya.")
_NOT_QRIS = say("Ini bukan kode QRIS untuk menerima pembayaran.")
_BAD_AMOUNT = say("Nominal di dalam kode QRIS ini tidak wajar.")

SENTENCES: dict[str, Sentence] = {
    "not_ascii": say("Kode QRIS ini berisi huruf yang tidak dikenal QRIS."),
    "bad_tag": _DAMAGED,
    "bad_length": _DAMAGED,
    "truncated": _DAMAGED,
    "duplicate_tag": say("Kode QRIS ini memuat satu bagian dua kali. Minta kode baru ke bank."),
    "first_tag_not_00": _NOT_QRIS,
    "bad_version": say("Versi kode QRIS ini tidak dikenal."),
    "crc_missing": say("Kode QRIS ini tidak lengkap: angka pemeriksanya tidak ada."),
    "crc_not_last": say("Ada tambahan di belakang kode QRIS ini. Salin kodenya saja."),
    "crc_mismatch": say(
        "Angka pemeriksa kode QRIS ini tidak cocok: ada huruf yang berubah. Salin atau foto ulang."
    ),
    "missing_tag": say("Kode QRIS ini tidak lengkap: ada bagian wajib yang tidak ada."),
    "bad_initiation": say("Jenis kode QRIS ini tidak dikenal."),
    "bad_currency": say("Kode ini bukan untuk rupiah."),
    "bad_country": say("Kode ini bukan untuk Indonesia."),
    "bad_mcc": say("Kode jenis usaha di dalam QRIS ini salah. Minta kode baru ke bank."),
    "bad_amount": _BAD_AMOUNT,
    "amount_not_whole_rupiah": say("Nominal di dalam kode QRIS ini bukan rupiah bulat."),
    "value_too_long": say("Ada isian yang terlalu panjang untuk QRIS."),
    "tip_inconsistent": say("Aturan tip di dalam kode QRIS ini bertentangan."),
    "no_merchant_account": say("Kode QRIS ini tidak memuat rekening penerima."),
    "already_dynamic": say(
        "Kode QRIS ini sudah berisi nominal. Pakai kode tetap yang dipajang di toko."
    ),
    "amount_out_of_range": say("Nominal ini tidak bisa dibayar dengan satu kode QRIS."),
}


class QrisError(Invalid):
    """A QRIS payload that may not be used; ``code`` names the first thing wrong."""

    def __init__(self, code: str) -> None:
        super().__init__(SENTENCES[code])
        self.code = code
