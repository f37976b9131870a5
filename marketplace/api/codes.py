"""The codes by which programs know a refusal. They stay; sentences may change."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.kernel.text import Sentence, say

CODES: dict[str, tuple[int, Sentence]] = {
    "bad_request": (400, say("Isi permintaan tidak bisa dibaca.")),
    "idempotency_key_missing": (400, say("Kepala Idempotency-Key tidak ada.")),
    "idempotency_key_invalid": (400, say("Idempotency-Key bukan 8 sampai 100 huruf ASCII.")),
    "sign_in_needed": (401, say("Perlu token.")),
    "token_refused": (401, say("Token tidak dikenal, dicabut, atau lewat waktu.")),
    "not_allowed": (403, say("Orang di balik token tidak punya jabatan untuk ini.")),
    "needs_another_person": (403, say("Perlu orang lain: yang mengusulkan tidak menyetujui.")),
    "scope_missing": (403, say("Token tidak punya izin untuk ini.")),
    "not_found": (404, say("Tidak ada, atau bukan milik koperasi ini.")),
    "out_of_stock": (409, say("Barang habis, kurang, atau tidak dijual lagi.")),
    "price_changed": (409, say("Harga berubah; total adalah harga sekarang.")),
    "shop_closed": (409, say("Koperasi sedang tutup.")),
    "slot_gone": (409, say("Jam ambil sudah lewat atau tidak ada.")),
    "codes_used_up": (
        409,
        say("Semua kode unik untuk jumlah ini sedang dipakai; pilih cara bayar lain."),
    ),
    "line_taken": (409, say("Baris mutasi itu sudah dicocokkan atau disisihkan.")),
    "account_closed": (409, say("Akun itu sudah ditutup.")),
    "credit_too_small": (409, say("Batas bon anggota tidak cukup.")),
    "balance_too_small": (409, say("Saldo akun itu tidak cukup.")),
    "already_reversed": (409, say("Jurnal itu sudah dibalik.")),
    "code_taken": (409, say("Nomor akun itu sudah dipakai.")),
    "month_not_over": (409, say("Bulan itu belum berakhir.")),
    "hold_ended": (409, say("Uang itu sudah tidak ditahan lagi, jadi tidak bisa dipakai.")),
    "already_decided": (409, say("Usulan itu sudah diputuskan.")),
    "key_reused": (409, say("Idempotency-Key sudah dipakai untuk permintaan lain.")),
    "key_in_use": (409, say("Permintaan yang sama sedang dikerjakan; ulangi sebentar lagi.")),
    "wrong_step": (409, say("Langkah itu tidak bisa diambil sekarang.")),
    "nothing_owed": (409, say("Tidak ada uang yang bisa dikembalikan.")),
    "refund_too_much": (409, say("Lebih dari yang dibayar dan belum dikembalikan.")),
    "area_taken": (409, say("Wilayah itu sudah ada di zona lain, seluruhnya atau sebagian.")),
    "not_delivered": (409, say("Tidak diantar ke sana, atau belanjanya terlalu kecil.")),
    "too_much": (409, say("Lebih dari yang masih dipegang kurir.")),
    "wrong_cash": (409, say("Uangnya bukan jumlah yang harus diterima di tempat.")),
    "not_paid": (409, say("Pesanan belum lunas.")),
    "same_person": (409, say("Yang menyetujui harus pengurus lain, bukan yang mengusulkan.")),
    "other_waiting": (409, say("Perubahan lain yang sejenis masih menunggu.")),
    "no_proof_wanted": (409, say("Tidak ada bukti yang sedang diperiksa.")),
    "nothing_left": (409, say("Paling sedikit satu barang tersisa; kalau semua, batalkan.")),
    "owed_less": (409, say("Utang kepada anggota sudah berkurang; susun setorannya lagi.")),
    "claim_too_late": (
        409,
        say("Masa mengirim keluhan sudah lewat, atau barang belum diserahkan."),
    ),
    "claim_open": (409, say("Keluhan untuk pesanan itu sedang berjalan.")),
    "claim_settled": (409, say("Klaim ke pemasok itu sudah selesai dengan cara lain.")),
    "receipt_fixed": (409, say("Sesuatu sudah bergantung pada penerimaan itu.")),
    "fetched_more": (409, say("Anggota sudah mengambil lebih dari yang akan tersisa.")),
    "not_unfetched": (
        409,
        say("Tidak ada yang tersisa dari bagian itu, atau masih ada waktu mengambilnya."),
    ),
    "decision_fixed": (409, say("Sesudah keputusan itu sudah ada yang berubah.")),
    "return_fixed": (409, say("Itu sudah diurungkan, atau tidak bisa diurungkan lagi.")),
    "not_asked": (409, say("Tidak ada harga yang ditanyakan untuk permintaan itu.")),
    "changed": (409, say("Orang lain baru saja mengubahnya.")),
    "rule_broken": (409, say("Aturan koperasi tidak mengizinkan.")),
    "already_member": (409, say("Orang ini sudah anggota.")),
    "not_enough": (409, say("Permintaan belum cukup untuk satu pembelian.")),
    "not_ready": (409, say("Barang belum siap diserahkan.")),
    "order_changed": (409, say("Isi pesanan berubah sejak dibaca.")),
    "answer_closed": (409, say("Jawaban pemasok tidak bisa diubah lagi.")),
    "too_late": (409, say("Putaran sudah ditutup.")),
    "cost_fixed": (409, say("Sudah ada yang membayar bagiannya dari ongkos ini.")),
    "binding": (409, say("Permintaan yang sudah menurunkan harga tidak bisa dikurangi.")),
    "only_filling": (409, say("Sekarang permintaan hanya bisa ditambah, sampai kemasan genap.")),
    "above_quota": (422, say("Lebih dari jatah setiap anggota.")),
    "too_large": (413, say("Isi permintaan terlalu besar.")),
    "unsupported_media_type": (415, say("Kirim sebagai application/json.")),
    "no_address": (422, say("Alamat email pemasok belum dicatat.")),
    "invalid": (422, say("Isian salah; errors menyebut yang mana.")),
    "unbalanced": (422, say("Debit dan kredit tidak sama.")),
    "paid_out_already": (409, say("Sebagian hasilnya sudah dibayarkan.")),
    "nobody_to_pay": (422, say("Tidak seorang pun dari mereka punya uang yang belum disetor.")),
    "proof_missing": (422, say("Transfer perlu nomor referensi atau bukti.")),
    "wrong_code": (422, say("Kode ambil bukan untuk pesanan ini.")),
    "wrong_amount": (422, say("Uangnya tidak pas.")),
    "too_many_requests": (429, say("Terlalu sering; tunggu sebentar.")),
    "busy": (503, say("Basis data sibuk; ulangi sebentar lagi.")),
}


def by_status(codes: Iterable[str]) -> dict[int, list[str]]:
    """Group codes by the status with which they come."""
    found: dict[int, list[str]] = {}
    for code in CODES:
        if code in set(codes):
            found.setdefault(CODES[code][0], []).append(code)
    return found
