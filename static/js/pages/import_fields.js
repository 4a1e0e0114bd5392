/** Small parts of the import pages: language lists, labelled selects, sections. */

import { h, need } from "../core/dom.js";
import { languageName } from "../core/format.js";

const content = (id) => /** @type {HTMLTemplateElement} */ (need(id)).content.cloneNode(true);

/** The options of all languages, by their names in the reader's language. */
export function languageOptions() {
  const options = content("#language-options");
  for (const option of options.querySelectorAll("option")) option.textContent = languageName(option.value);
  return options;
}

/** The options of all encodings that can be chosen. */
export const encodingOptions = () => content("#encoding-options");

/** A section of the side panel. */
export const section = (title, ...body) => [h("div", { class: "sec" }, title), h("div", { class: "pane-body stack" }, ...body)];

/** A labelled select. @param {[string, string][]|Node} options */
export function selectField(label, options, value, change, mark = "") {
  const select = h("select", { class: "select", "data-focus": mark || null });
  if (options instanceof Node) select.append(options);
  else for (const [one, name] of options) select.append(h("option", { value: one }, name));
  if (![...select.options].some((option) => option.value === value)) select.append(h("option", { value }, value));
  select.value = value;
  select.addEventListener("change", () => change(select.value));
  return h("label", { class: "field" }, h("span", null, label), select);
}

/** Radio buttons. @param {[string, string][]} options */
export function radios(name, options, value, change) {
  return options.map(([one, label]) => {
    const input = h("input", { type: "radio", name, value: one, checked: one === value, "data-focus": `${name}-${one}` });
    input.addEventListener("change", () => change(one));
    return h("label", { class: "check" }, input, label);
  });
}

/** A check box. */
export function checkbox(label, checked, change, mark = "") {
  const input = h("input", { type: "checkbox", checked, "data-focus": mark || null });
  input.addEventListener("change", () => change(input.checked));
  return h("label", { class: "check" }, input, label);
}
