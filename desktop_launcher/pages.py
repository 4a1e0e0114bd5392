"""What the window shows while there is no server: that it is starting, or why it did not."""

from __future__ import annotations

from html import escape
from string import Template

from desktop_launcher.troubles import sentence
from desktop_launcher.words import gettext as _
from desktop_launcher.words import language

BACKGROUND = "#14171c"
_PAGE = Template(
    """<!doctype html><html lang="$language"><head><meta charset="utf-8"><title>LocaNext</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
html { background: #14171c; color: #d7dce5; font: 15px/1.6 "Noto Sans KR", "Malgun Gothic", system-ui, sans-serif; }
body { display: grid; place-content: center; min-height: 90vh; max-width: 34rem; margin: 0 auto; padding: 0 2rem;
       word-break: keep-all; }
h1 { font-size: 1.35rem; font-weight: 600; margin: 0 0 .5rem; }
p { margin: 0 0 .8rem; } small { color: #8b94a5; overflow-wrap: anywhere; } a { color: #7cb4ff; }
i { display: block; width: 9rem; height: 3px; border-radius: 2px; background: #2a303a; overflow: hidden; }
i::after { content: ""; display: block; width: 3rem; height: 3px; background: #7cb4ff;
           animation: go 1.2s ease-in-out infinite alternate; }
@keyframes go { to { transform: translateX(6rem); } }
@media (prefers-reduced-motion: reduce) { i::after { animation: none; } }
</style></head><body><h1>LocaNext</h1><p role="status">$words</p>$more</body></html>"""
)
_BAR = "<i></i>"
_DETAIL = Template("<small>$detail</small>")
_LINK = Template('<p><a href="$address">$words</a></p>')


def waiting(state: str = "starting") -> str:
    """The page of a start that goes on; `state` is "starting", "slow" or "migrating"."""
    words = {
        "starting": _("Starting …"),
        "slow": _("Still starting. The first start takes longest."),
        "migrating": _("Bringing your data up to this version. A copy of it was made before …"),
    }
    return _page(words[state], _BAR)


def trouble(code: str, detail: str = "", read_address: str = "") -> str:
    """The page that says why nothing can be done, with a way in to read where there is one."""
    more = _LINK.substitute(address=escape(read_address), words=_("Open it for reading")) if read_address else ""
    return _page(sentence(code), more + (_DETAIL.substitute(detail=escape(detail)) if detail else ""))


def _page(words: str, more: str) -> str:
    return _PAGE.substitute(language=language(), words=escape(words), more=more)
