"""What each check looks for, in plain words, for the supervisor."""

from __future__ import annotations

from marketplace.kernel.text import Sentence, say

WORDS: dict[str, Sentence] = {
    "stock.on_hand_is_the_sum_of_movements": say("Stok sama dengan semua barang masuk dan keluar."),
    "stock.value_is_the_sum_of_movements": say(
        "Nilai stok sama dengan harga beli barang masuk dan keluar."
    ),
    "stock.reserved_is_the_sum_of_open_holds": say("Barang yang dipesan sama dengan yang ditahan."),
    "stock.days_are_the_sum_of_open_and_consumed_holds": say(
        "Jatah harian sama dengan yang dipesan hari itu."
    ),
    "stock.holds_have_a_living_order": say(
        "Barang yang ditahan punya pesanan yang masih berjalan."
    ),
    "orders.total_is_the_sum_of_its_lines": say("Jumlah pesanan sama dengan isi pesanan."),
    "orders.purchase_is_the_sum_of_its_orders": say("Jumlah belanja sama dengan pesanannya."),
    "orders.shares_follow_the_price": say("Bagian pembuat dan koperasi pas dengan harga jual."),
    "orders.history_is_a_legal_path": say("Langkah setiap pesanan tercatat dan berurutan."),
    "orders.ended_orders_hold_nothing": say("Pesanan yang selesai tidak menahan barang."),
    "orders.what_is_owed_back_follows_the_money": say(
        "Uang yang harus dikembalikan sama dengan uang yang belum menjadi barang."
    ),
    "orders.refunds_are_within_their_lines": say(
        "Pengembalian tidak lebih dari isi pesanan dan bagian pembuatnya."
    ),
    "stock.returned_goods_have_a_refund": say("Barang retur sama dengan catatan pengembaliannya."),
    "payments.refunds_are_within_what_was_paid": say(
        "Uang yang dikembalikan tidak lebih dari yang dibayar."
    ),
    "payments.received_is_the_sum_of_events": say(
        "Uang yang diterima sama dengan catatan uang masuk."
    ),
    "payments.shares_make_the_intent": say("Tagihan sama dengan pesanan yang dibayarnya."),
    "payments.attempts_paid_what_came": say("Bayar online cocok dengan uang yang masuk."),
    "payments.lines_pay_what_they_say": say("Mutasi bank membayar sebesar yang tertulis."),
    "payments.due_is_the_total_less_the_code": say(
        "Tagihan sama dengan pesanan dikurangi kode unik."
    ),
    "payments.state_follows_the_money": say("Status bayar sesuai dengan uangnya."),
    "payments.paid_orders_moved_on": say("Pesanan yang lunas diproses, yang belum lunas menunggu."),
    "stock.goods_cost_what_left_the_shelf": say(
        "Harga pokok pesanan sama dengan nilai barang yang keluar."
    ),
    "stock.items_are_what_is_sold": say("Setiap stok adalah barang yang dijual."),
    "payments.end_with_their_orders": say("Tagihan berakhir bersama pesanannya."),
    "balances.follow_from_their_causes": say(
        "Titipan setiap anggota sama dengan uang kembali dikurangi belanja dan pencairan."
    ),
    "balances.every_spending_is_booked": say("Setiap belanja dengan titipan ada di buku."),
    "balances.every_paying_out_is_held_then_booked": say(
        "Setiap pencairan titipan ditahan dulu, lalu dibukukan."
    ),
    "ledger.delivery_fees_are_earned_once": say(
        "Ongkos antar dibukukan sekali, saat pesanan sampai."
    ),
    "delivery.cash_is_what_was_taken_less_what_was_handed_in": say(
        "Uang kurir sama dengan yang diterima dikurangi yang disetor."
    ),
    "delivery.trips_agree_with_their_orders": say("Setiap pengantaran cocok dengan pesanannya."),
    "payouts.batch_is_the_sum_of_its_payouts": say(
        "Jumlah setoran sama dengan bagian setiap pembuat."
    ),
    "payouts.every_pay_out_is_booked": say("Setiap setoran yang dibayar ada di buku."),
    "pools.shares_follow_the_rule": say(
        "Hasil penjualan bersama dibagi menurut banyaknya yang disetor."
    ),
    "pools.every_share_is_booked": say("Setiap pembagian hasil ada di buku."),
    "pools.what_was_undone_is_reversed": say(
        "Setiap pembagian hasil yang dibatalkan dibalik di buku, dan hanya yang itu."
    ),
    "ledger.charts_are_whole": say("Daftar akun lengkap untuk setiap buku."),
    "ledger.both_sides_are_equal": say("Debit dan kredit setiap buku sama."),
    "ledger.balances_are_the_sum_of_lines": say("Saldo setiap akun sama dengan jurnalnya."),
    "ledger.held_money_is_the_sum_of_holds": say("Uang yang ditahan sama dengan catatannya."),
    "ledger.entries_are_an_unbroken_chain": say(
        "Tidak ada jurnal yang diubah, disisipkan, atau hilang."
    ),
    "ledger.reversals_are_mirrors": say("Jurnal pembalik persis kebalikan jurnal asalnya."),
    "ledger.closed_months_are_unchanged": say("Bulan yang sudah ditutup tidak berubah."),
    "ledger.every_sign_of_money_is_booked": say("Setiap uang masuk pesanan ada di buku."),
    "ledger.every_hand_over_is_a_sale": say(
        "Setiap penyerahan pesanan dibukukan sebagai penjualan."
    ),
    "ledger.every_return_mirrors_its_sale": say("Setiap retur dibukukan kebalikan penjualannya."),
    "ledger.every_refund_is_booked": say("Setiap pengembalian uang ada di buku."),
    "ledger.buyers_money_is_kept_for_them": say("Uang muka pembeli tersimpan utuh."),
    "ledger.makers_are_credited_what_they_earned": say(
        "Hak pembuat dibukukan sebesar yang terjual."
    ),
    "credit.debts_are_the_open_bons": say("Utang bon setiap anggota sama dengan bukunya."),
    "credit.every_bon_is_a_sale": say("Setiap bon punya jurnal penjualannya."),
    "credit.payments_are_the_sum_of_their_parts": say(
        "Setiap pembayaran bon habis dibagi ke bon anggota itu."
    ),
    "credit.every_payment_is_booked": say("Setiap pembayaran bon ada di buku."),
    "credit.nobody_has_more_than_was_allowed": say(
        "Tidak ada bon yang melebihi batas yang pernah diberikan."
    ),
    "credit.bons_are_counted_and_due_as_decided": say(
        "Nomor bon urut dan jatuh temponya sesuai keputusan."
    ),
    "supply.goods_are_conserved": say("Barang kulakan yang datang sama dengan yang dibagi."),
    "supply.bills_close_to_the_rupiah": say("Tagihan kulakan pas sampai rupiah terakhir."),
    "supply.every_contested_bill_is_a_claim": say(
        "Setiap tagihan kulakan yang disengketakan punya klaim ke pemasok."
    ),
    "supply.open_claims_are_in_the_books": say(
        "Klaim ke pemasok yang belum selesai sama dengan yang di buku."
    ),
    "supply.nobody_gets_more_than_allowed": say(
        "Tidak ada yang menerima lebih dari permintaannya."
    ),
    "supply.nobody_is_charged_more_than_they_agreed_to": say(
        "Harga di atas batas anggota ditanyakan dulu, dan yang menolak tidak dapat barang."
    ),
    "supply.every_receipt_is_booked": say(
        "Setiap penerimaan kulakan tercatat di pembukuan, dan yang dibalik punya jurnal pembalik."
    ),
    "supply.who_approves_does_not_receive": say(
        "Yang menyetujui pesanan kulakan bukan yang mencatat barangnya datang."
    ),
    "supply.shrinkage_is_what_was_fetched_beyond": say(
        "Susut kulakan sama dengan yang diambil anggota melebihi yang datang."
    ),
    "supply.every_cost_is_split_and_charged": say(
        "Setiap ongkos kulakan terbagi habis dan ditagihkan."
    ),
    "supply.every_cost_is_booked": say("Setiap ongkos kulakan tercatat di pembukuan."),
    "supply.margins_follow_the_rate": say("Jasa koperasi sesuai dengan yang diumumkan."),
    "supply.hand_overs_match_the_share": say("Kulakan yang diserahkan sama dengan bagiannya."),
    "supply.every_hand_over_is_a_sale": say(
        "Setiap kulakan yang diserahkan tercatat di pembukuan sesuai cara bayarnya."
    ),
    "supply.what_was_not_fetched_follows_a_decision": say(
        "Kulakan yang tidak diambil hanya berpindah lewat keputusan pengurus."
    ),
    "supply.returns_are_within_what_was_fetched": say(
        "Kulakan yang dikembalikan tidak lebih dari yang diambil, dengan harga yang sama."
    ),
    "supply.every_return_is_booked": say("Setiap pengembalian kulakan tercatat di pembukuan."),
    "supply.room_is_kept_for_what_is_on_account": say(
        "Batas bon yang ditahan sama dengan permintaan yang akan dibayar bon."
    ),
    "tenants.no_row_points_elsewhere": say("Tidak ada data yang menunjuk ke koperasi lain."),
    "tenants.member_counts_are_right": say("Jumlah anggota sama dengan buku anggota."),
    "accounts.closed_accounts_hold_nothing": say(
        "Akun yang ditutup tidak menyimpan data orangnya."
    ),
    "outbox.nothing_is_stuck": say("Tidak ada kabar yang macet."),
}
