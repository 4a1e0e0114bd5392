/**
 * How a line end is spelled in the stored text. The editor shows real lines; saving writes the file's
 * own spelling back. Nothing is converted unless the way back gives exactly the stored text.
 */

const SPELLINGS = ["<br/>", "<br>", "<br />", "&lt;br/&gt;", "&lt;br&gt;", "\\n"];
// The spelling for a first line end, where neither text of the row has one. Tab text is stored with real line feeds:
// its writer spells them.
const BY_FORMAT = { xml: "<br/>" };

const count = (text, part) => text.split(part).length - 1;

/** `\n` as two characters is no line end when the backslash itself is escaped. */
function hasEscapedBackslash(text) {
  return text.includes("\\\\");
}

function spellingIn(text) {
  const found = SPELLINGS.filter((one) => text.includes(one));
  if (text.includes("\n")) found.push("\n");
  return found;
}

/**
 * The spelling to edit a row with, or null: show the text as it is stored.
 * @param {{source: string, target: string, format: string}} row
 */
export function spellingOf({ source, target, format }) {
  const inTarget = spellingIn(target);
  if (inTarget.length > 1 || hasEscapedBackslash(target)) return null;
  if (inTarget.length === 1) return inTarget[0];
  const inSource = spellingIn(source);
  if (inSource.length === 1 && !hasEscapedBackslash(source)) return inSource[0];
  if (inSource.length > 1) return count(source, "\n") ? "\n" : inSource[0];
  return BY_FORMAT[format] || "\n";
}

/** Stored text -> text with real lines. */
export function toLines(text, spelling) {
  return spelling === null || spelling === "\n" ? text : text.split(spelling).join("\n");
}

/** Text with real lines -> stored text. */
export function fromLines(text, spelling) {
  return spelling === null || spelling === "\n" ? text : text.split("\n").join(spelling);
}

/** Both at once, checked: {text, back, spelling}; `back` is what saving calls, spelling is null where lines stay as stored. */
export function editable(row) {
  const spelling = spellingOf(row);
  const text = toLines(row.target, spelling);
  if (fromLines(text, spelling) !== row.target) return { text: row.target, back: (typed) => typed, spelling: null };
  return { text, back: (typed) => fromLines(typed, spelling), spelling };
}
