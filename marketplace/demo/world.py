"""What the demo is made of: plain facts, no code."""

from __future__ import annotations

from dataclasses import dataclass

FOOD = "makanan-minuman"
CHIPS = f"{FOOD}/makanan-ringan/keripik"
READY = f"{FOOD}/makanan-jadi/ready-to-eat-siap-makan"
COFFEE = f"{FOOD}/minuman/kopi-bubuk"
FRUIT = f"{FOOD}/buah/buah-buahan"
CHILI = f"{FOOD}/bumbu-bahan-masakan/aneka-sambal"
TEMPE = f"{FOOD}/sayur/tahu-tempe"
COOKIES = f"{FOOD}/kue/kue-kering"
CRACKERS = f"{FOOD}/makanan-kering/kerupuk"
PARCEL = f"{FOOD}/hampers-parsel-dan-paket-makanan/hampers-parcel-kue-kering"
BATIK = "fashion-wanita/batik-wanita/kain-batik"
SCARF = "fashion-wanita/aksesoris-wanita/scarf-shawl-wanita"
SHIRT = "fashion-pria/atasan-pria/kaos-pria"
WALL = "rumah-tangga/dekorasi/hiasan-dinding"
LIMITED, DAILY, PREORDER = "stok", "harian", "pesan"


@dataclass(frozen=True, slots=True)
class Good:
    """A thing to sell; ``sizes`` are (name, price).

    ``amount`` is stock, a day's limit, or how many may be ordered in advance, as ``kind`` says.
    """

    title: str
    category: str
    maker: str
    unit: str
    sizes: tuple[tuple[str, int], ...]
    amount: int
    kind: str = LIMITED
    about: str = ""
    ingredients: str = ""
    permit: str = ""
    shelf_life: int | None = None


@dataclass(frozen=True, slots=True)
class Shop:
    """A cooperative. ``motif`` is geometry and dye; ``members`` are (called, trade)."""

    slug: str
    name: str
    word: str
    region: str
    tagline: str
    story: str
    point: str
    address: str
    motif: tuple[int, int]
    members: tuple[tuple[str, str], ...]
    goods: tuple[Good, ...]
    share: int = 1000


VELODROME = Shop(
    slug="velodrome-rukun-jaya",
    name="Velodrome Rukun Jaya",
    word="VELO",
    region="35.73.03",
    tagline="pedagang kaki lima",
    story="Kami berjualan di sekitar Velodrome Sawojajar sejak 2014. Sekarang bahan kami beli "
    "bersama, dapur kami bersihkan bersama, dan untungnya kembali ke gerobak masing-masing.",
    point="Velodrome",
    address="Jl. Danau Jonge, Sawojajar",
    motif=(0, 1),
    members=(
        ("Mbak Rara", "cilok goreng"),
        ("Mbak Dewi", "keripik"),
        ("Bu Sri", "gorengan"),
        ("Mas Bagas", "ayam geprek"),
        ("Cak Arif", "bakso & tahu petis"),
        ("Bu Lilik", "ote-ote"),
        ("Pak Slamet", "bakso goreng"),
        ("Mas Fajar", "pisang goreng"),
        ("Bu Yuni", "warung"),
        ("Mas Dimas", "sempol"),
        ("Mbak Ika", "weci"),
        ("Cak Nur", "lele"),
    ),
    goods=(
        Good(
            "Cilok kuah kacang isi 10",
            READY,
            "Mbak Rara",
            "porsi",
            (("", 10_000),),
            60,
            DAILY,
            "Cilok kenyal dari tapioka dan daging ayam, disiram bumbu kacang hangat.",
            "Tapioka, ayam, bawang putih, kacang tanah, gula merah",
        ),
        Good(
            "Bakso Malang komplet, kuah terpisah",
            READY,
            "Cak Arif",
            "porsi",
            (("", 18_000),),
            40,
            DAILY,
            "Bakso halus, bakso goreng, tahu, siomay, dan mi. Kuah dikemas sendiri.",
        ),
        Good("Gorengan campur isi 10", READY, "Bu Sri", "bungkus", (("", 10_000),), 50, DAILY),
        Good("Sempol ayam isi 8", READY, "Mas Dimas", "porsi", (("", 10_000),), 40, DAILY),
        Good("Pisang goreng madu isi 6", READY, "Mas Fajar", "porsi", (("", 12_000),), 30, DAILY),
        Good(
            "Ayam geprek sambal bawang",
            READY,
            "Mas Bagas",
            "porsi",
            (("level 1", 15_000), ("level 3", 15_000), ("level 5", 16_000)),
            35,
            DAILY,
        ),
        Good(
            "Sambal bawang level 3",
            CHILI,
            "Bu Yuni",
            "botol",
            (("150 g", 22_000),),
            24,
            about="Pedas, gurih, tanpa pengawet. Simpan di kulkas sesudah dibuka.",
            ingredients="Cabai rawit, bawang merah, bawang putih, minyak, garam",
            shelf_life=60,
        ),
    ),
)
SANAN = Shop(
    slug="sanan-tempe-muda",
    name="Sanan Tempe Muda",
    word="SANAN",
    region="35.73.01",
    tagline="tempe dan olahannya",
    story="Anak-anak perajin tempe Sanan. Orang tua kami membuat tempe, kami mengolah dan "
    "menjualnya bersama.",
    point="Balai RW 15",
    address="Jl. Sanan 8",
    motif=(1, 2),
    members=(
        ("Bu Lilik", "keripik tempe"),
        ("Dewi & Bagas", "sambal dan keripik"),
        ("Cak Hadi", "tempe segar"),
        ("Mbak Nia", "oleh-oleh"),
    ),
    goods=(
        Good(
            "Keripik tempe Sanan original",
            CHIPS,
            "Bu Lilik",
            "bungkus",
            (("250 g", 15_000), ("500 g", 29_000), ("1 kg", 56_000)),
            40,
            about="Tempe kedelai lokal, diiris tangan setebal 1 mm, dibumbui ketumbar dan bawang "
            "putih. Renyah sampai 3 minggu jika ditutup rapat.",
            ingredients="Tempe, tepung beras, minyak sawit, ketumbar, bawang putih, garam",
            permit="2063573010123-29",
            shelf_life=90,
        ),
        Good(
            "Keripik tempe daun jeruk",
            CHIPS,
            "Dewi & Bagas",
            "bungkus",
            (("250 g", 16_500),),
            30,
            permit="2063573010124-29",
            shelf_life=90,
        ),
        Good("Sambal tempe kering", CHILI, "Dewi & Bagas", "botol", (("", 20_000),), 6),
        Good("Tempe segar bungkus daun", TEMPE, "Cak Hadi", "buah", (("", 6_000),), 80, DAILY),
        Good(
            "Paket oleh-oleh isi 5",
            PARCEL,
            "Mbak Nia",
            "paket",
            (("", 85_000),),
            20,
            PREORDER,
            about="Lima rasa keripik dalam kotak, siap dibawa naik kereta.",
        ),
    ),
)
SHOPS = (
    VELODROME,
    SANAN,
    Shop(
        slug="celaket-batik-muda", name="Celaket Batik Muda", word="CELAKET", region="35.73.02",
        tagline="batik tulis dan cap",
        story="Tujuh belas pembatik muda Celaket, satu kompor malam, satu merek.",
        point="Sanggar Celaket", address="Jl. J.A. Suprapto Gang 1", motif=(2, 0),
        members=(("Mbak Ika", "batik cap"), ("Mas Yoga", "batik tulis")),
        goods=(
            Good("Selendang batik cap motif kawung", SCARF, "Mbak Ika", "lembar",
                 (("", 165_000),), 9),
            Good("Kain batik tulis Malangan 2 m", BATIK, "Mas Yoga", "lembar",
                 (("", 385_000),), 3),
            Good("Kaos sablon topeng", SHIRT, "Mas Yoga", "buah",
                 (("M", 95_000), ("L", 95_000), ("XL", 100_000)), 15),
        ),
    ),
    Shop(
        slug="polowijen-topeng-budaya", name="Polowijen Topeng Budaya", word="POLO",
        region="35.73.01", tagline="topeng dan ukir",
        story="Kampung Budaya Polowijen: topeng Malangan dipahat, dicat, dan ditarikan di sini.",
        point="Kampung Budaya Polowijen", address="Jl. Cakalang", motif=(3, 5),
        members=(("Ki Demang", "pemahat"), ("Mbak Suci", "pengecat")),
        goods=(
            Good("Topeng Panji ukuran pajangan", WALL, "Ki Demang", "buah", (("", 275_000),), 4),
            Good("Gantungan kunci topeng", WALL, "Mbak Suci", "buah", (("", 25_000),), 60),
        ),
    ),
    Shop(
        slug="dampit-kopi-lestari", name="Dampit Kopi Lestari", word="DAMPIT", region="35.07.05",
        tagline="kopi petani Dampit",
        story="Robusta dari kebun sendiri, disangrai kecil-kecil setiap Rabu.",
        point="Gudang Dampit", address="Jl. Semeru Selatan 12", motif=(4, 6),
        members=(("Pak Tarno", "petani"), ("Mas Galih", "penyangrai")),
        goods=(
            Good("Kopi robusta Dampit, sangrai", COFFEE, "Mas Galih", "bungkus",
                 (("200 g", 42_000), ("500 g", 98_000)), 30),
            Good("Kopi lanang Dampit 200 g", COFFEE, "Pak Tarno", "bungkus", (("", 65_000),), 8),
        ),
    ),
    Shop(
        slug="dinoyo-dapur-bersama", name="Dinoyo Dapur Bersama", word="DINOYO", region="35.73.05",
        tagline="dapur rumahan mahasiswa",
        story="Satu dapur bersama untuk sembilan usaha kecil di dekat kampus.",
        point="Dapur Dinoyo", address="Jl. MT Haryono Gang 13", motif=(1, 3),
        members=(("Teh Rina", "kue kering"), ("Mas Aji", "kerupuk"), ("Bu Har", "apel")),
        goods=(
            Good("Nastar apel Malang", COOKIES, "Teh Rina", "toples", (("", 55_000),), 18),
            Good("Kerupuk pasir isi 20", CRACKERS, "Mas Aji", "bungkus", (("", 8_000),), 45),
            Good("Apel manalagi Batu, pilihan", FRUIT, "Bu Har", "kg", (("", 28_000),), 12),
            Good("Sambal bawang level 3", CHILI, "Teh Rina", "botol", (("", 22_000),), 20),
        ),
    ),
)  # fmt: skip
