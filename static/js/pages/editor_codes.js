/** The project's codes and length rules in the editor: how texts are read, Alt C for colours, F2 in a code. */

import { get } from "../core/api.js";
import { h } from "../core/dom.js";
import { fmt, gettext } from "../core/i18n.js";
import { bind } from "../core/keyboard.js";
import { readableColour } from "../components/colour.js";
import { useLimits } from "../components/grid/limits.js";
import { openMenu } from "../components/menu.js";
import { useCodes } from "../components/textmark.js";
import { toast } from "../components/toast.js";

/** @param {any} editor the parts of the page */
export function attachCodes(editor) {
  const { editing, info, grid } = editor;
  const group = gettext("Edit");
  const isOpen = () => editing.isOpen;
  bind(grid.body, [
    { id: "edit.colour", label: gettext("Colour from the source"), group, keys: ["Alt+KeyC"], typing: true, palette: false, icon: "dot", when: isOpen, run: () => colourMenu(editing.editor) },
    { id: "edit.code", label: gettext("Write in the code beside the caret"), group, keys: ["F2"], typing: true, palette: false, when: isOpen, run: () => { if (!editing.editor.codes.open()) toast(gettext("There is no code beside the caret."), { id: "code" }); } },
  ]);
  bind(document, [{ id: "project.settings", label: gettext("Codes, checks and length of the project…"), group: gettext("Review"), keys: [], icon: "settings", run: () => location.assign(`/projects/${info.file.project_id}/settings/`) }]);
  useRules(editor, info.file.project_id);
}

/** Read texts as the project's settings say. The first rows may be on the page already: they are drawn again. */
async function useRules(editor, projectId) {
  const { grid, fileId } = editor;
  if (!projectId) return;
  const [codes, lengths] = await Promise.all([get(`projects/${projectId}/codes`).catch(() => null), get(`projects/${projectId}/length-rules`).catch(() => null)]);
  const rules = lengths?.results || [];
  useLimits((row) => limitOf(rules, fileId, row, editor.checks?.typed));
  if (!codes) return;
  const own = codes.patterns.filter((pattern) => pattern.family === "custom");
  if (!own.length && codes.families.every((family) => codes.builtin.includes(family))) return;
  useCodes({ builtin: codes.builtin, custom: own });
  editor.editing.leave();
  grid.refresh(true);
}

/** The most special rule that holds for a row. Which rows a filter finds the server says, in the check of what is typed. */
function limitOf(rules, fileId, row, typed) {
  const said = typed?.now?.id === row.id ? typed.now.limits?.[row.id] : null;
  const rule = said || rules.find((one) => !one.query && one.file === fileId) || rules.find((one) => !one.query && one.file === null);
  if (!rule || (!rule.characters && !rule.lines)) return null;
  return { characters: rule.characters || null, lines: rule.lines || null, perLine: Boolean(rule.characters && rule.lines) };
}

/** The colours of the source with their swatches; the one that is there already is taken off. */
function colourMenu(editor) {
  const { colours, current } = editor.colours();
  if (!colours.length && !current) {
    toast(gettext("The source has no colour."), { id: "colour" });
    return;
  }
  if (colours.length === 1 && (!current || current.raw === colours[0].open)) {
    editor.applyColour(colours[0]);
    return;
  }
  const { selectionStart: from, selectionEnd: to } = editor.area;
  const choose = (colour) => {
    editor.area.focus({ preventScroll: true });
    editor.area.setSelectionRange(from, to);
    editor.applyColour(colour);
  };
  const items = colours.map((colour) => ({ label: fmt(gettext("Colour #{name}"), { name: colour.colour || colour.open }), checked: current?.raw === colour.open, run: () => choose(colour) }));
  if (current) items.push({ label: gettext("No colour"), checked: false, run: () => choose({ open: current.raw }) });
  openMenu(items, placeOfCaret(editor), { label: gettext("Colour from the source") });
  swatches(colours);
}

/** Put a swatch into each item of the menu that just opened. */
function swatches(colours) {
  const menus = document.querySelectorAll(".menu");
  const items = menus[menus.length - 1]?.querySelectorAll(".menu-item") || [];
  colours.forEach((colour, at) => {
    const swatch = h("span", { class: "swatch", "aria-hidden": "true" });
    if (colour.colour) swatch.style.background = readableColour(colour.colour);
    items[at]?.append(swatch);
  });
}

/** Below the editor's text, where the menu covers none of it. */
const placeOfCaret = (editor) => editor.stack.getBoundingClientRect();
