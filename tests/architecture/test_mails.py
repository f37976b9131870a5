"""Every mail that is sent has a template to be written from, and every template a sender."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAILS = ROOT / "templates" / "mail"
PLACE = 2  # send_mail(to, subject, template, …)


def sent() -> set[str]:
    """Collect the templates that ``send_mail`` is called with; each is written out."""
    found: set[str] = set()
    for path in (ROOT / "marketplace").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "send_mail":
                found.add(ast.literal_eval(call.args[PLACE]))
    return found


def test_what_is_sent_as_mail_and_the_templates_of_mails_are_the_same() -> None:
    there = {str(path.relative_to(MAILS).with_suffix("")) for path in MAILS.rglob("*.html")}

    assert sent() == there
