"""What the data categories of term bases (TBX) mean, in their DCA and DCT forms."""

from __future__ import annotations

ENTRIES = frozenset(("termEntry", "conceptEntry"))
LANGUAGES = frozenset(("langSet", "langSec"))
TERM = "term"
PREFERRED, ADMITTED, FORBIDDEN = "preferred", "admitted", "forbidden"
USES = (PREFERRED, ADMITTED, FORBIDDEN)
_FORBIDDEN_WORDS = ("deprecated", "forbidden", "superseded", "obsolete", "prohibited", "donotuse", "notrecommended")
_STATUS = frozenset(
    ("administrativestatus", "normativeauthorization", "processstatus", "usage", "status", "termstatus", "transac",
     "transactiontype", "languageplanningqualifier", "forbidden")
)  # fmt: skip


def local(name: str) -> str:
    """An element's name without its prefix: `min:partOfSpeech` gives `partOfSpeech`."""
    return name.rpartition(":")[2]


def category(element: str, kind: str) -> str:
    """The data category in lower letters: the `type` in DCA style, the element's own name in DCT style."""
    return (kind or element).lower().replace("-", "").replace("_", "").replace(" ", "").removeprefix("x")


def use_of(name: str, text: str) -> str:
    """The use that a category says, "" when it says nothing of it."""
    if name not in _STATUS:
        return ""
    plain = text.strip().lower().replace(" ", "").replace("-", "").replace("_", "")
    if any(word in plain for word in _FORBIDDEN_WORDS):
        return FORBIDDEN
    if name == "forbidden":
        return FORBIDDEN if plain in ("true", "1", "yes", "y", "x") else ""
    if plain.startswith("admitted"):
        return ADMITTED
    return PREFERRED if plain.startswith(("preferred", "standardized", "legal")) else ""


def is_true(text: str) -> bool:
    """Whether a value of a yes-or-no category says yes."""
    return text.strip().lower() in ("true", "1", "yes", "y", "x", "casesensitive", "case-sensitive", "exact")
