/** What the columns of a table mean: one select a column, over the first rows. And the rules of an XML file. */

import { fill, h, icon } from "../core/dom.js";
import { languageName, number } from "../core/format.js";
import { fmt, gettext } from "../core/i18n.js";
import { renderText } from "../components/textmark.js";
import { columnLabel, columnRole, ROLES, RULE_FIELDS, withNewRule, withoutRule, withRole, withRule } from "./import_model.js";
import { languageOptions } from "./import_fields.js";
import { roleName } from "./import_words.js";

const ROWS = 6;

/**
 * @param {any} item @param {any} table of the inspection
 * @param {(options: any) => void} change
 * @returns {HTMLElement}
 */
export function columnTable(item, table, change) {
  const { format } = item.inspection;
  const roles = table.columns.map((column) => columnRole(item.options, format, table.name, column));
  const head = table.columns.map((column, index) => {
    const { role, language } = roles[index];
    const name = fmt(gettext("Column {name}"), { name: `${columnLabel(column.id)} ${column.title}`.trim() });
    const select = h("select", { class: `select select-s map-sel${role ? " on" : ""}`, "aria-label": name, "data-column": column.id, "data-focus": `role-${table.name}-${column.id}` },
      ROLES.map((one) => h("option", { value: one }, roleName(one))));
    select.value = role;
    select.addEventListener("change", () => change(withRole(item.options, format, table, column.id, select.value, language)));
    const tongue = role === "source" || role === "target" ? h("select", { class: "select select-s map-sel on", "aria-label": fmt(gettext("Language of column {name}"), { name: columnLabel(column.id) }), "data-focus": `language-${table.name}-${column.id}` }) : null;
    if (tongue) {
      tongue.append(h("option", { value: "" }, gettext("Language not known")), languageOptions());
      if (language && ![...tongue.options].some((option) => option.value === language)) tongue.append(h("option", { value: language }, language));
      tongue.value = language;
      tongue.title = languageName(language);
      tongue.addEventListener("change", () => change(withRole(item.options, format, table, column.id, role, tongue.value)));
    }
    return h("th", null, h("div", { class: "map" }, h("span", { class: "num faint" }, columnLabel(column.id)), h("span", { class: "clip", title: column.title }, column.title)), select, tongue);
  });
  // The heading is above the selects already.
  const headed = table.rows.length > 0 && table.columns.every((column, index) => (table.rows[0][index] ?? "") === column.title);
  const rows = table.rows.slice(headed ? 1 : 0, ROWS + (headed ? 1 : 0)).map((row) =>
    h("tr", null, row.map((value, index) => {
      const role = roles[index] || { role: "", language: "" };
      return h("td", { class: role.role === "key" ? "mono" : role.role ? null : "faint", lang: role.language || null, dir: "auto" }, h("div", { class: "imp-cell" }, renderText(value)));
    })));
  const element = h("table", { class: "table map-table" }, h("thead", null, h("tr", null, head)), h("tbody", null, rows));
  // Columns keep a width that can be read: wide tables scroll inside their pane.
  element.style.minWidth = `${table.columns.length * 8.5}rem`;
  return element;
}

/** The rules of an XML file. @param {any} item @param {(options: any) => void} change */
export function rulesTable(item, change) {
  const { tables } = item.inspection;
  const rules = item.options?.rules || [];
  const refsOf = (rule) => {
    const name = String(rule.element || "").split("/").pop().toLowerCase();
    return tables.find((table) => table.name.toLowerCase() === name)?.columns.map((column) => column.id) || [];
  };
  const pick = (label, values, value, mark, set) => {
    const shown = Array.isArray(value) ? value.join(" | ") : value || "";
    const select = h("select", { class: `select select-s map-sel${shown ? " on" : ""}`, "aria-label": label, "data-focus": mark });
    for (const one of [...new Set([...values, shown])]) select.append(h("option", { value: one }, one === "" ? gettext("none") : one === "path" ? gettext("its path") : one));
    select.value = shown;
    select.addEventListener("change", () => set(select.value));
    return select;
  };
  const line = (rule, index) => {
    const refs = refsOf(rule);
    const values = (field) => (field === "target" ? refs : field === "key" ? ["", "path", ...refs] : ["", ...refs]);
    return h("tr", null,
      h("td", null, pick(fmt(gettext("Element of rule {n}"), { n: index + 1 }), tables.map((table) => table.name), rule.element, `element-${index}`, (value) => change(withRule(item.options, index, "element", value)))),
      RULE_FIELDS.map((field) => h("td", null, pick(fmt(gettext("{field} of rule {n}"), { field: roleName(field), n: index + 1 }), values(field), rule[field], `${field}-${index}`, (value) => change(withRule(item.options, index, field, value))))),
      h("td", { class: "right" }, h("button", { class: "btn btn-icon btn-s", type: "button", disabled: rules.length < 2, "aria-label": fmt(gettext("Remove rule {n}"), { n: index + 1 }), title: rules.length < 2 ? gettext("One rule must stay.") : gettext("Remove"), onclick: () => change(withoutRule(item.options, index)) }, icon("close", { small: true }))));
  };
  const unused = tables.filter((table) => !rules.some((rule) => String(rule.element).split("/").pop().toLowerCase() === table.name.toLowerCase()));
  const add = h("select", { class: "select select-s imp-add", "aria-label": gettext("Add a rule for an element"), "data-focus": "add-rule" },
    h("option", { value: "" }, gettext("Add a rule for an element")), unused.map((table) => h("option", { value: table.name }, fmt(gettext("{name} ({n})"), { name: table.name, n: number(table.total) }))));
  add.addEventListener("change", () => {
    const table = tables.find((one) => one.name === add.value);
    if (table) change(withNewRule(item.options, table));
  });
  return h("div", null,
    h("table", { class: "table map-table imp-rules" },
      h("thead", null, h("tr", null, h("th", null, gettext("Element")), RULE_FIELDS.map((field) => h("th", null, roleName(field))), h("th", null, h("span", { class: "sr" }, gettext("Remove"))))),
      h("tbody", null, rules.map(line), !rules.length && h("tr", null, h("td", { colspan: "7", class: "dim" }, gettext("No rule fits this file by itself. Choose the element that holds the text."))))),
    unused.length > 0 && h("div", { class: "pane-body" }, add));
}

/** Redraw a part; the control that had the focus has it again. */
export function redraw(element, ...children) {
  const mark = document.activeElement?.getAttribute?.("data-focus");
  const within = element.contains(document.activeElement);
  fill(element, ...children);
  if (mark && within) element.querySelector(`[data-focus="${CSS.escape(mark)}"]`)?.focus({ preventScroll: true });
}
