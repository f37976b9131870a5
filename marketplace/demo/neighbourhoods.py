"""What the city demo is made of: Malang's 57 kelurahan and ten crafts, facts without code.

The kelurahan are real; every cooperative, good, price and buyer made from them is invented.
"""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.demo.world import BATIK, CHILI, CHIPS, COFFEE, COOKIES, CRACKERS, TEMPE

DRINK = "makanan-minuman/minuman/minuman-tradisional"
CANDLE = "rumah-tangga/dekorasi/lilin-aroma-terapi"
SOAP = "perawatan-tubuh/perlengkapan-mandi/sabun-mandi"

# Kecamatan code: its kelurahan.
KELURAHAN = {
    "35.73.01": "Balearjosari Arjosari Polowijen Purwodadi Blimbing Pandanwangi Purwantoro "
    "Bunulrejo Kesatrian Polehan Jodipan",
    "35.73.02": "Klojen Rampalcelaket Samaan Kiduldalem Sukoharjo Kasin Kauman Orodowo Bareng "
    "Gadingkasri Penanggungan",
    "35.73.03": "Kotalama Mergosono Bumiayu Wonokoyo Buring Kedungkandang Lesanpuro Sawojajar "
    "Madyopuro Cemorokandang Arjowinangun Tlogowaru",
    "35.73.04": "Ciptomulyo Gadang Kebonsari Bandungrejosari Sukun Tanjungrejo Pisangcandi "
    "Bandulan Karangbesuki Mulyorejo Bakalankrajan",
    "35.73.05": "Tunggulwulung Merjosari Tlogomas Dinoyo Sumbersari Ketawanggede Jatimulyo "
    "Tunjungsekar Mojolangu Tulusrejo Lowokwaru Tasikmadu",
}
WRITTEN = {
    "Rampalcelaket": "Rampal Celaket",
    "Kiduldalem": "Kidul Dalem",
    "Orodowo": "Oro-Oro Dowo",
}


@dataclass(frozen=True, slots=True)
class Craft:
    """What a cooperative makes: each thing in each kind and each size is a listing.

    The price of a thing is ``price`` and ``dearer`` more for each that stands before it;
    a size multiplies it by hundredths.
    """

    name: str
    tagline: str
    category: str
    unit: str
    things: tuple[str, ...]
    kinds: tuple[str, ...]
    sizes: tuple[tuple[str, int], ...]
    price: int
    dearer: int


FLAVOURS = ("original", "balado", "keju", "rumput laut", "pedas manis", "daun jeruk")
WEIGHTS = (("100 g", 100), ("250 g", 230))
CRAFTS = (
    Craft("Keripik", "keripik dan camilan", CHIPS, "bungkus",
          ("Keripik singkong", "Keripik pisang", "Keripik ubi ungu", "Keripik tempe",
           "Keripik talas", "Keripik bayam", "Keripik apel", "Keripik jamur"),
          FLAVOURS, WEIGHTS, 8_000, 1_000),
    Craft("Kopi", "kopi sangrai kecil", COFFEE, "bungkus",
          ("Kopi robusta Dampit", "Kopi arabika Arjuno", "Kopi lanang", "Kopi jahe",
           "Kopi rempah", "Kopi arabika Kawi", "Kopi robusta Tirtoyudo", "Kopi luwak kebun"),
          ("biji, sangrai terang", "biji, sangrai sedang", "biji, sangrai gelap",
           "giling halus", "giling sedang", "giling kasar"), WEIGHTS, 22_000, 4_000),
    Craft("Kue", "kue kering rumahan", COOKIES, "toples",
          ("Nastar", "Kastengel", "Putri salju", "Kue semprit", "Lidah kucing", "Kue kacang",
           "Stik keju", "Kue sagu"),
          ("klasik", "apel", "cokelat", "kopi", "pandan", "jahe"),
          (("250 g", 100), ("500 g", 190)), 28_000, 2_500),
    Craft("Sambal", "sambal botolan", CHILI, "botol",
          ("Sambal bawang", "Sambal pecel", "Sambal terasi", "Sambal cumi", "Sambal teri",
           "Sambal ijo", "Sambal petis", "Sambal roa"),
          ("level 1", "level 2", "level 3", "level 4", "level 5", "tanpa minyak"),
          (("100 ml", 100), ("150 ml", 140)), 17_000, 1_500),
    Craft("Kerupuk", "kerupuk dan rambak", CRACKERS, "bungkus",
          ("Kerupuk pasir", "Kerupuk udang", "Rambak sapi", "Kerupuk bawang", "Kerupuk ikan",
           "Opak singkong", "Rengginang", "Emping melinjo"),
          ("asin", "gurih", "pedas", "bawang", "mentah", "siap makan"), WEIGHTS, 7_000, 1_500),
    Craft("Tempe", "tempe dan tahu", TEMPE, "bungkus",
          ("Tempe kedelai lokal", "Tempe daun pisang", "Tempe gembus", "Tempe kacang hitam",
           "Tahu putih", "Tahu kuning", "Tahu sutra", "Tempe mendoan"),
          ("utuh", "iris tipis", "iris tebal", "dadu", "berbumbu kuning", "berbumbu bacem"),
          (("isi 5", 100), ("isi 10", 190)), 5_000, 700),
    Craft("Jamu", "jamu dan wedang", DRINK, "botol",
          ("Beras kencur", "Kunyit asam", "Wedang uwuh", "Jahe merah", "Temulawak",
           "Sinom", "Wedang secang", "Pokak"),
          ("gula aren", "gula batu", "tanpa gula", "madu", "pekat", "bubuk"),
          (("250 ml", 100), ("500 ml", 180)), 9_000, 1_000),
    Craft("Batik", "batik cap dan tulis", BATIK, "lembar",
          ("Kain batik cap kawung", "Kain batik cap topeng", "Kain batik teratai",
           "Kain batik tugu", "Kain batik singo", "Kain batik bunga tabebuya",
           "Kain batik parang", "Kain batik sulur"),
          ("biru nila", "cokelat sogan", "merah mengkudu", "hijau indigo", "hitam", "kuning"),
          (("2 m", 100), ("2,5 m", 122)), 135_000, 15_000),
    Craft("Lilin", "lilin dari minyak bekas", CANDLE, "buah",
          ("Lilin gelas", "Lilin cetak", "Lilin kaleng", "Lilin tempurung", "Lilin bunga",
           "Lilin pilar", "Lilin terapung", "Lilin mini"),
          ("sereh", "kopi", "melati", "kayu manis", "jeruk", "tanpa wangi"),
          (("kecil", 100), ("besar", 170)), 15_000, 2_000),
    Craft("Sabun", "sabun buatan tangan", SOAP, "batang",
          ("Sabun kopi", "Sabun susu kambing", "Sabun sereh", "Sabun arang", "Sabun kelor",
           "Sabun beras", "Sabun zaitun", "Sabun madu"),
          ("lembut", "gosok", "tanpa pewangi", "melati", "jeruk", "mint"),
          (("80 g", 100), ("100 g", 120)), 14_000, 1_200),
)  # fmt: skip
MEMBERS = (
    "Bu Lilik", "Pak Slamet", "Mbak Rara", "Mas Bagas", "Bu Sri", "Cak Arif", "Mbak Dewi",
    "Mas Fajar", "Bu Yuni", "Pak Tarno", "Mbak Ika", "Mas Yoga", "Bu Har", "Cak Nur",
    "Mbak Suci", "Mas Galih", "Teh Rina", "Pak Hadi", "Mbak Nia", "Mas Dimas", "Bu Ratna",
    "Mas Aji", "Mbak Fitri", "Bu Wulan",
)  # fmt: skip
BUYERS = (
    "Nadia", "Hendra", "Sinta", "Agus", "Lina", "Rudi", "Tari", "Andi", "Maya", "Bayu",
    "Ratih", "Eko", "Putri", "Wahyu", "Intan", "Joko",
)  # fmt: skip
