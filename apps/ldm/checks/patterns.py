"""The codes that game texts hold, as pattern families; the sources are regular expressions of Python and scripts alike.

Written in what both understand the same way: no flags, ASCII classes spelled out, no named groups. The order is
that of precedence: of two patterns that match at one place, the earlier one wins.
"""

from __future__ import annotations

from typing import NamedTuple

PLACEHOLDER, TAG, COLOUR, BREAK, ESCAPE, CHARACTER = "placeholder", "tag", "colour", "break", "escape", "character"
KINDS = (PLACEHOLDER, TAG, COLOUR, BREAK, ESCAPE, CHARACTER)
"""placeholder: stands for a value; tag: opens, closes or is an element; colour: opens or closes a coloured run;
break: a line end; escape: a character written with a backslash; character: one written as an entity."""


class Pattern(NamedTuple):
    """One pattern. `name` is unique; a project switches `family` on and off."""

    name: str
    family: str
    kind: str
    source: str


_NAME = "[A-Za-z_][A-Za-z0-9_:.-]{0,60}"
_ATTRIBUTES = r"(?:[ \t]{0,3}=[^<>\n]{0,200}|[ \t][^<>=\n]{0,60}=[^<>\n]{0,200})?"
_ESCAPED_ATTRIBUTES = r"(?:[ \t]{0,3}=[^<>&\n]{0,200}|[ \t][^<>=&\n]{0,60}=[^<>&\n]{0,200})?"
_HEX = "[0-9A-Fa-f]"
_BB_NAMES = (
    "align|b|bold|br|center|code|color|colour|dropcap|fade|fill|font|font_size|hint|hr|i|icon|img|indent|italic|lb|"
    "left|li|ol|outline_color|p|pulse|quote|rainbow|rb|right|s|shake|size|sprite|strike|sub|sup|table|tornado|u|ul|"
    "url|wave"
)
_CONVERSION = "[sdifFuxXcgGeEo@]"
_LENGTH = "(?:hh|h|ll|l|L|z)?"

ALWAYS = "inline"
"""The family that no project switches off: tokens that our own readers make of a file's inline markup."""
PATTERNS = (
    Pattern("token", ALWAYS, PLACEHOLDER, "⟦[0-9]{1,4}⟧"),
    Pattern("newline", ALWAYS, BREAK, r"\r\n|\n|\r"),
    Pattern("break_tag", "tags", BREAK, r"<[bB][rR][ \t]{0,3}/?>|&lt;[bB][rR][ \t]{0,3}/?&gt;"),
    Pattern(
        "pa_colour",
        "colours",
        COLOUR,
        f"<[pP][aA][cC][oO][lL][oO][rR]0x{_HEX}{{2,8}}>|&lt;[pP][aA][cC][oO][lL][oO][rR]0x{_HEX}{{2,8}}&gt;",
    ),
    Pattern(
        "pa_old_colour",
        "colours",
        COLOUR,
        "<[pP][aA][oO][lL][dD][cC][oO][lL][oO][rR]>|&lt;[pP][aA][oO][lL][dD][cC][oO][lL][oO][rR]&gt;",
    ),
    Pattern("tag", "tags", TAG, rf"</?{_NAME}{_ATTRIBUTES}[ \t]{{0,3}}/?>|</>|<#{_HEX}{{3,8}}>|</?[0-9]{{1,3}}/?>"),
    Pattern("markup", "tags", TAG, r"<[!?][A-Za-z\-\[][^<>\n]{0,239}>"),
    Pattern("escaped_tag", "tags", TAG, rf"&lt;/?{_NAME}{_ESCAPED_ATTRIBUTES}[ \t]{{0,3}}/?&gt;"),
    Pattern(
        "bbcode",
        "bbcode",
        TAG,
        rf"\[/?(?:{_BB_NAMES})(?:[= ][^\[\]\n]{{0,120}})?/?\]|\[[A-Za-z_]{{1,30}}=[^\[\]\n]{{1,120}}\]"
        r"|\[/[A-Za-z_]{1,30}\]",
    ),
    Pattern(
        "brace",
        "braces",
        PLACEHOLDER,
        r"\{[^{}\n]*(?:\{[^{}\n]*(?:\{[^{}\n]*(?:\{[^{}\n]*\}[^{}\n]*)*\}[^{}\n]*)*\}[^{}\n]*)*\}",
    ),
    Pattern("numbered", "numbered", PLACEHOLDER, "%[0-9]{1,3}#"),
    Pattern("percent_name", "variables", PLACEHOLDER, "(?<![0-9%])%[A-Za-z_][A-Za-z0-9_]{1,40}%(?![A-Za-z0-9])"),
    Pattern("python", "printf", PLACEHOLDER, rf"%\([A-Za-z_][A-Za-z0-9_.]{{0,40}}\){_LENGTH}{_CONVERSION}"),
    Pattern("percent", "printf", PLACEHOLDER, "%%"),
    Pattern(
        "printf",
        "printf",
        PLACEHOLDER,
        # Behind a digit it is mostly a per cent sign: there only the bare form counts, with no letter after it.
        rf"%[0-9]{{1,2}}\$[-+0#,']{{0,3}}[0-9]{{0,4}}(?:\.[0-9]{{1,3}})?{_LENGTH}{_CONVERSION}"
        rf"|(?<![0-9])%[-+0#,']{{0,3}}(?:[0-9]{{1,4}}|\*)?(?:\.(?:[0-9]{{1,3}}|\*))?{_LENGTH}{_CONVERSION}"
        rf"|(?<=[0-9])%{_CONVERSION}(?![A-Za-z])",
    ),
    Pattern("dollar_name", "variables", PLACEHOLDER, r"\$[A-Za-z_][A-Za-z0-9_.]{0,60}\$"),
    Pattern(
        "at_name", "variables", PLACEHOLDER, "@@[A-Za-z0-9_]{1,60}@@|(?<![A-Za-z0-9])@[A-Za-z_][A-Za-z0-9_]{0,60}@"
    ),
    Pattern("escaped_break", "escapes", BREAK, r"\\r\\n|\\n"),
    Pattern("escape", "escapes", ESCAPE, rf"\\(?:u{_HEX}{{4}}|x{_HEX}{{2}}|[^\n\r])"),
    Pattern(
        "character",
        "entities",
        CHARACTER,
        "&(?:amp|lt|gt|quot|apos|nbsp|ensp|emsp|thinsp|zwnj|zwj|lrm|rlm|shy|hellip|mdash|ndash|laquo|raquo|lsaquo|"
        "rsaquo|lsquo|rsquo|sbquo|ldquo|rdquo|bdquo|bull|middot|times|deg|copy|reg|trade|euro|pound|yen|larr|rarr|"
        "uarr|darr|szlig|[AOUaou]uml|[aeiouAEIOU](?:acute|grave|circ)|[cC]cedil|[nN]tilde);",
    ),
    Pattern("number_entity", "entities", CHARACTER, rf"&(?:#[0-9]{{1,7}}|#[xX]{_HEX}{{1,6}});"),
    Pattern("entity", "entities", PLACEHOLDER, "&[A-Za-z][A-Za-z0-9_]{1,30};"),
)
FAMILIES = tuple(dict.fromkeys(pattern.family for pattern in PATTERNS if pattern.family != ALWAYS))
"""tags, colours, bbcode, braces, numbered, variables, printf, escapes, entities."""
STARTS = "⟦\n\r<&[{%$@\\"
"""Every character that a pattern above begins with."""
