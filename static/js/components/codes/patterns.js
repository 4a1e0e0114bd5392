/**
 * The codes that game texts hold, as pattern families: the same patterns, in the same order, as the server's
 * apps/ldm/checks/patterns.py, which explains them; tests/data/codes.json holds both to one reading.
 */

/**
 * @typedef {Object} Pattern
 * @property {string} name
 * @property {string} family
 * @property {"placeholder"|"tag"|"colour"|"break"|"escape"|"character"} kind
 * @property {string} source regular expression without flags
 */

/** The family that no project switches off. */
export const ALWAYS = "inline";

/** @type {Pattern[]} of two that match at one place the earlier one wins */
export const PATTERNS = [
  ["token", ALWAYS, "placeholder", "⟦[0-9]{1,4}⟧"],
  ["newline", ALWAYS, "break", String.raw`\r\n|\n|\r`],
  ["break_tag", "tags", "break", String.raw`<[bB][rR][ \t]{0,3}/?>|&lt;[bB][rR][ \t]{0,3}/?&gt;`],
  ["pa_colour", "colours", "colour", "<[pP][aA][cC][oO][lL][oO][rR]0x[0-9A-Fa-f]{2,8}>|&lt;[pP][aA][cC][oO][lL][oO][rR]0x[0-9A-Fa-f]{2,8}&gt;"],
  ["pa_old_colour", "colours", "colour", "<[pP][aA][oO][lL][dD][cC][oO][lL][oO][rR]>|&lt;[pP][aA][oO][lL][dD][cC][oO][lL][oO][rR]&gt;"],
  ["tag", "tags", "tag",
    String.raw`</?[A-Za-z_][A-Za-z0-9_:.-]{0,60}(?:[ \t]{0,3}=[^<>\n]{0,200}|` +
    String.raw`[ \t][^<>=\n]{0,60}=[^<>\n]{0,200})?[ \t]{0,3}/?>|</>|<#[0-9A-Fa-f]{3,8}>|</?[0-9]{1,3}/?>`],
  ["markup", "tags", "tag", String.raw`<[!?][A-Za-z\-\[][^<>\n]{0,239}>`],
  ["escaped_tag", "tags", "tag", String.raw`&lt;/?[A-Za-z_][A-Za-z0-9_:.-]{0,60}(?:[ \t]{0,3}=[^<>&\n]{0,200}|[ \t][^<>=&\n]{0,60}=[^<>&\n]{0,200})?[ \t]{0,3}/?&gt;`],
  ["bbcode", "bbcode", "tag",
    String.raw`\[/?(?:align|b|bold|br|center|code|color|colour|dropcap|fade|fill|font|font_size|hint|hr|i|icon|img|indent|` +
    "italic|lb|left|li|ol|outline_color|p|pulse|quote|rainbow|rb|right|s|shake|size|sprite|strike|sub|sup|table|" +
    String.raw`tornado|u|ul|url|wave)(?:[= ][^\[\]\n]{0,120})?/?\]|\[[A-Za-z_]{1,30}=[^\[\]\n]{1,120}\]|\[/[A-Za-z_]{1,30}\]`],
  ["brace", "braces", "placeholder", String.raw`\{[^{}\n]*(?:\{[^{}\n]*(?:\{[^{}\n]*(?:\{[^{}\n]*\}[^{}\n]*)*\}[^{}\n]*)*\}[^{}\n]*)*\}`],
  ["numbered", "numbered", "placeholder", "%[0-9]{1,3}#"],
  ["percent_name", "variables", "placeholder", "(?<![0-9%])%[A-Za-z_][A-Za-z0-9_]{1,40}%(?![A-Za-z0-9])"],
  ["python", "printf", "placeholder", String.raw`%\([A-Za-z_][A-Za-z0-9_.]{0,40}\)(?:hh|h|ll|l|L|z)?[sdifFuxXcgGeEo@]`],
  ["percent", "printf", "placeholder", "%%"],
  ["printf", "printf", "placeholder",
    String.raw`%[0-9]{1,2}\$[-+0#,']{0,3}[0-9]{0,4}(?:\.[0-9]{1,3})?(?:hh|h|ll|l|L|z)?[sdifFuxXcgGeEo@]|` +
    String.raw`(?<![0-9])%[-+0#,']{0,3}(?:[0-9]{1,4}|\*)?(?:\.(?:[0-9]{1,3}|\*))?(?:hh|h|ll|l|L|z)?[sdifFuxXcgGeEo@]|` +
    "(?<=[0-9])%[sdifFuxXcgGeEo@](?![A-Za-z])"],
  ["dollar_name", "variables", "placeholder", String.raw`\$[A-Za-z_][A-Za-z0-9_.]{0,60}\$`],
  ["at_name", "variables", "placeholder", "@@[A-Za-z0-9_]{1,60}@@|(?<![A-Za-z0-9])@[A-Za-z_][A-Za-z0-9_]{0,60}@"],
  ["escaped_break", "escapes", "break", String.raw`\\r\\n|\\n`],
  ["escape", "escapes", "escape", String.raw`\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[^\n\r])`],
  ["character", "entities", "character",
    "&(?:amp|lt|gt|quot|apos|nbsp|ensp|emsp|thinsp|zwnj|zwj|lrm|rlm|shy|hellip|mdash|ndash|laquo|raquo|lsaquo|" +
    "rsaquo|lsquo|rsquo|sbquo|ldquo|rdquo|bdquo|bull|middot|times|deg|copy|reg|trade|euro|pound|yen|larr|rarr|uarr|" +
    "darr|szlig|[AOUaou]uml|[aeiouAEIOU](?:acute|grave|circ)|[cC]cedil|[nN]tilde);"],
  ["number_entity", "entities", "character", "&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});"],
  ["entity", "entities", "placeholder", "&[A-Za-z][A-Za-z0-9_]{1,30};"],
].map(([name, family, kind, source]) => /** @type {Pattern} */ ({ name, family, kind, source }));
