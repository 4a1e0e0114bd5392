/** Dialogs that are forms: labelled fields, lists of languages, a refusal below them. */

import { fill, freshId, h, need } from "../core/dom.js";
import { languageName, ownLanguageName } from "../core/format.js";
import { gettext } from "../core/i18n.js";
import { openDialog } from "./dialog.js";

/** "ko · Korean · 한국어", in the interface's language and in its own. */
function languageLabel(code) {
  const [name, own] = [languageName(code), ownLanguageName(code)];
  return [code, name, own !== name && own].filter((one, index) => one && (index === 0 || one !== code)).join(" · ");
}

/** A select of all languages. @param {string} chosen a code, or "" */
export function languageSelect(chosen, { empty = "", name = "" } = {}) {
  const select = h("select", { class: "select", name });
  if (empty) select.append(h("option", { value: "" }, empty));
  const options = /** @type {HTMLTemplateElement} */ (need("#language-options")).content.cloneNode(true);
  select.append(options);
  for (const option of select.options) if (option.value) option.textContent = languageLabel(option.value);
  if (chosen && ![...select.options].some((option) => option.value === chosen)) select.append(h("option", { value: chosen }, chosen));
  select.value = chosen;
  return /** @type {HTMLSelectElement} */ (select);
}

/**
 * A dialog with a form; `save` may refuse by throwing: the sentence stands below the fields.
 * @param {{title: string, fields: any, action: string, save: () => Promise<any>}} options `closed` resolves to what `save` answered, null when it was cancelled
 */
export function formDialog({ title, fields, action, save }) {
  const id = freshId("form");
  const problem = h("p", { class: "form-error", role: "alert", hidden: true });
  const form = h("form", { id, class: "form", novalidate: true }, fields, problem);
  const go = h("button", { class: "btn btn-primary", type: "submit", form: id }, action);
  const no = h("button", { class: "btn btn-quiet", type: "button" }, gettext("Cancel"));
  const dialog = openDialog({ title, size: "s", body: form, foot: [h("span", { class: "fill" }), no, go] });
  no.addEventListener("click", () => dialog.close(null));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (go.getAttribute("aria-disabled")) return;
    go.setAttribute("aria-disabled", "true");
    try {
      dialog.close(await save());
    } catch (error) {
      problem.hidden = false;
      fill(problem, error.message);
    } finally {
      go.removeAttribute("aria-disabled");
    }
  });
  return dialog;
}

/** A labelled control with a hint below. */
export const field = (label, input, hint = "") => h("label", { class: "field" }, h("span", null, label), input, hint && h("span", { class: "hint" }, hint));
