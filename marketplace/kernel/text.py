"""Sentences for people, written once in Indonesian and translated at the edge."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sentence:
    """An Indonesian sentence with its values apart, so that the web can translate it.

    ``str()`` gives the Indonesian text; values fill ``%(name)s`` places.
    """

    template: str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % self.values if self.values else self.template


def say(template: str, /, **values: object) -> Sentence:
    """Mark a sentence for translation, where no web toolkit may be known."""
    return Sentence(template, values)
