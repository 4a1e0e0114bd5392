"""What this library says to people, kept so that it can be said in another language than English."""

from __future__ import annotations

from typing import Any


class Sentence(str):
    """An English sentence with its `template` and the `words` in it; as a str it is the finished sentence.

    `template % words` makes it; without words the template is the sentence, also with a % in it.
    A word may be a Sentence itself, which then has words of its own in the other language too.
    """

    __slots__ = ("template", "words")

    template: str
    words: dict[str, Any]

    def __new__(cls, template: str, /, **words: Any) -> Sentence:
        made = super().__new__(cls, template % words if words else template)
        made.template, made.words = template, words
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.template, self.words)


def _again(template: str, words: dict[str, Any]) -> Sentence:
    return Sentence(template, **words)
