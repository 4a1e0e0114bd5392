/** Blocks of cells on the clipboard, as spreadsheets write and read them. */

/** @param {string} text @returns {string} a cell of a tab-separated block; quoted where it must be */
const cell = (text) => (/[\t\n\r"]/u.test(text) ? `"${text.replace(/"/gu, '""')}"` : text);

const NAMED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text) => text.replace(/[&<>"]/gu, (one) => NAMED[one]);

/** A block as tab-separated text. @param {string[][]} lines */
export const blockText = (lines) => lines.map((line) => line.map(cell).join("\t")).join("\r\n");

/**
 * A block as a table. Texts stay texts ("007", "=1+1"), and line ends stay inside their cell.
 * @param {string[][]} lines
 */
export function blockHtml(lines) {
  const style = "mso-number-format:'\\@';white-space:pre-wrap";
  const inside = (text) => escaped(text).replace(/\r\n|\r|\n/gu, '<br style="mso-data-placement:same-cell">');
  const body = lines.map((line) => `<tr>${line.map((text) => `<td style="${style}">${inside(text)}</td>`).join("")}</tr>`).join("");
  return `<meta charset="utf-8"><table>${body}</table>`;
}

/**
 * Read tab-separated text as spreadsheets write it: a quoted cell may hold tabs, line ends and doubled quotes.
 * A lone quote inside a cell is a letter. The line end after the last line makes no line.
 * @param {string} text @returns {string[][]}
 */
export function readBlock(text) {
  const lines = [];
  let line = [];
  let at = 0;
  const end = text.length;
  while (at < end) {
    const [value, next] = text[at] === '"' ? quoted(text, at) : plain(text, at);
    line.push(value);
    at = next;
    if (text[at] === "\t") {
      at += 1;
      if (at >= end) line.push("");
      continue;
    }
    if (text[at] === "\r" && text[at + 1] === "\n") at += 1;
    at += 1;
    lines.push(line);
    line = [];
  }
  if (line.length) lines.push(line);
  return lines;
}

function plain(text, from) {
  let at = from;
  while (at < text.length && text[at] !== "\t" && text[at] !== "\n" && text[at] !== "\r") at += 1;
  return [text.slice(from, at), at];
}

/** A quoted cell; one whose quotes never close, or close before other letters, is read as it stands. */
function quoted(text, from) {
  let value = "";
  let at = from + 1;
  for (; at < text.length; at += 1) {
    if (text[at] !== '"') value += text[at];
    else if (text[at + 1] === '"') {
      value += '"';
      at += 1;
    } else break;
  }
  const after = text[at + 1];
  if (at >= text.length || !(after === undefined || after === "\t" || after === "\n" || after === "\r")) return plain(text, from);
  return [value.replace(/\r\n?/gu, "\n"), at + 1];
}

/**
 * The first table of an HTML flavour, or null. Line ends are `<br>`; runs of white space that only lay out the markup are one space.
 * @param {string} html @returns {string[][]|null}
 */
export function readHtmlTable(html) {
  if (!/<table/iu.test(html)) return null;
  const table = new DOMParser().parseFromString(html, "text/html").querySelector("table");
  const rows = [...(table?.rows || [])].map((row) => [...row.cells].map(textOf));
  return rows.length ? rows : null;
}

function textOf(td) {
  let text = "";
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) text += keepsSpace(node.parentElement) ? node.data : node.data.replace(/\s*\n\s*/gu, " ");
    else if (node.nodeName === "BR") text += "\n";
    else for (const child of node.childNodes) walk(child);
  };
  walk(td);
  return keepsSpace(td) ? text : text.replace(/ ?\n ?/gu, "\n").replace(/^ | $/gu, "");
}

const keepsSpace = (element) => Boolean(element?.closest('[style*="pre-wrap"], pre'));

/**
 * What the two flavours of a clipboard say together. Excel writes a cell that holds "word" with its quotes as it writes
 * a quoted cell; only the table tells them apart.
 * @param {string} text @param {string} html @returns {string[][]}
 */
export function readClipboard(text, html) {
  const table = html ? readHtmlTable(html) : null;
  if (!text) return table || [];
  const block = readBlock(text);
  const sameShape = table?.length === block.length && block.every((line, at) => line.length === table[at].length);
  return sameShape ? block.map((line, y) => line.map((value, x) => (table[y][x] === `"${value}"` ? table[y][x] : value))) : block;
}

/**
 * Put a block on the clipboard as text and as a table. The copy event works without a secure address and keeps the
 * table as it is; the browser's own function is the second way.
 * @param {string[][]} lines @returns {Promise<boolean>}
 */
export async function writeClipboard(lines) {
  const text = blockText(lines);
  if (copyByEvent(text, blockHtml(lines))) return true;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function copyByEvent(text, html) {
  const before = /** @type {HTMLElement|null} */ (document.activeElement);
  const area = document.createElement("textarea");
  area.className = "sr";
  area.value = text || " ";
  area.setAttribute("aria-hidden", "true");
  (document.querySelector("dialog[open]") || document.body).append(area);
  area.select();
  let done = false;
  const onCopy = (event) => {
    event.preventDefault();
    event.stopPropagation();
    event.clipboardData.setData("text/plain", text);
    event.clipboardData.setData("text/html", html);
    done = true;
  };
  document.addEventListener("copy", onCopy, true);
  try {
    document.execCommand("copy");
  } catch {
    done = false;
  } finally {
    document.removeEventListener("copy", onCopy, true);
    area.remove();
    before?.focus({ preventScroll: true });
  }
  return done;
}

/** What is on the clipboard, read without a paste event. @returns {Promise<{text: string, html: string}>} refused by the browser: rejects */
export async function fetchClipboard() {
  const found = { text: "", html: "" };
  for (const item of await navigator.clipboard.read()) {
    if (item.types.includes("text/plain")) found.text = await (await item.getType("text/plain")).text();
    if (item.types.includes("text/html")) found.html = await (await item.getType("text/html")).text();
  }
  return found;
}
