"""Mail in the receiver's language: one template, sent as HTML and as plain text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from css_inline import CSSInliner
from flask import current_app
from flask_babel import force_locale
from flask_mailman import EmailMultiAlternatives

from marketplace.config import Settings
from marketplace.kernel.text import Sentence
from marketplace.outbox import service as outbox
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.i18n import LANGUAGES, translate
from marketplace.web.jobs import Jobs

STYLES = Path(__file__).parents[2] / "static" / "css"
READY = "mail.ready"
_COLOUR = re.compile(r"(--[a-z0-9-]+):\s*(#[0-9a-f]{6})")
_USE = re.compile(r"var\((--[a-z0-9-]+)\)")
_BLOCKS = frozenset({"p", "h1", "h2", "li", "tr", "div", "table", "ul"})


def absolute(path: str) -> str:
    """Give the full address of a page of ours, always at the configured origin."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.public_url.rstrip("/") + path


def send_mail(
    to: str, subject: Sentence, template: str, *, language: str = "id", **facts: object
) -> None:
    """Write a mail from ``templates/mail/<template>.html`` and leave it in the outbox.

    It is handed to the mail server by ``post``, outside of any transaction: mail servers
    are slow, and on SQLite everybody would wait for them.
    """
    with force_locale(language if language in LANGUAGES else "id"):
        title = translate(subject)
        # Not by render_template: what pages know of their reader has no place in a mail.
        html = current_app.jinja_env.get_template(f"mail/{template}.html").render(
            subject=title,
            tongue=language,
            home=absolute("/"),
            **facts,
        )
    outbox.tell(
        db.session(),
        READY,
        at=now(),
        to=to,
        subject=title,
        body=as_text(html),
        html=_styled(html),
    )


def listen(jobs: Jobs) -> None:
    """Post what is ready; its text is forgotten once it is sent."""
    jobs.listen_outside(READY, post)


def post(facts: Mapping[str, Any]) -> None:
    """Hand one mail to the mail server; raises when that does not work."""
    settings: Settings = current_app.config["SETTINGS"]
    message = EmailMultiAlternatives(
        subject=facts["subject"],
        body=facts["body"],
        from_email=settings.mail_from,
        to=[facts["to"]],
    )
    message.attach_alternative(facts["html"], "text/html")
    message.send()


@cache
def _inliner() -> CSSInliner:
    """Read the mail's styles; mail programs know no variables, so colours are filled in."""
    colours: dict[str, str] = {}
    for name, value in _COLOUR.findall((STYLES / "tokens.css").read_text()):
        colours.setdefault(name, value)
    css = (STYLES / "mail.css").read_text()
    return CSSInliner(
        extra_css=_USE.sub(lambda use: colours[use[1]], css), load_remote_stylesheets=False
    )


def _styled(html: str) -> str:
    return _inliner().inline(html)


class _Reader(HTMLParser):
    """Collects what a mail says; links are written out behind their words."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.links: list[str] = []
        self.unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("head", "style"):
            self.unread += 1
        elif tag == "a":
            self.links.append(dict(attrs).get("href") or "")
        elif tag == "br":
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("head", "style"):
            self.unread -= 1
        elif tag == "a" and self.links:
            self.parts.append(f":\n{self.links.pop()}")
        elif tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.unread:
            self.parts.append(re.sub(r"\s+", " ", data))


def as_text(html: str) -> str:
    r"""Write a mail's HTML as plain text, for those who read without pictures.

    >>> as_text('<p>Halo <b>Sari</b></p><p><a href="https://x.id/a">Buka</a></p>')
    'Halo Sari\n\nBuka:\nhttps://x.id/a\n'
    """
    reader = _Reader()
    reader.feed(html)
    lines = [line.strip() for line in "".join(reader.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
