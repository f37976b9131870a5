"""The yardstick: a bare Flask page that shows twenty-four cards from memory with Jinja."""

from __future__ import annotations

from flask import Flask, render_template_string

CARDS = [
    {
        "href": f"/b/{number}",
        "title": f"Keripik tempe Sanan nomor {number}, renyah dan gurih",
        "price": f"{15 + number}.000",
        "unit": "bungkus",
        "shop": f"Koperasi {number}",
        "state": "Siap sekarang",
    }
    for number in range(24)
]
PAGE = """<!doctype html>
<html lang="id"><head><meta charset="utf-8"><title>{{ title }}</title></head>
<body><h1>{{ title }}</h1><ul>
{% for card in cards %}
<li><a href="{{ card.href }}"><h3>{{ card.title }}</h3></a>
<p>Rp {{ card.price }} <small>/ {{ card.unit }}</small></p><p>{{ card.shop }}</p>
<span class="tag">{{ card.state }}</span></li>
{% endfor %}
</ul></body></html>
"""

app = Flask(__name__)


@app.get("/")
def page() -> str:
    """Show the cards."""
    return render_template_string(PAGE, title="Barang", cards=CARDS)
