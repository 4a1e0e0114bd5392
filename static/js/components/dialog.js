/** Dialogs: one at a time, the title is the question, Esc cancels, focus comes back. */

import { fill, freshId, h, icon } from "../core/dom.js";
import { rememberFocus } from "../core/focus.js";
import { gettext } from "../core/i18n.js";

/**
 * Open a dialog built of a title, a body and buttons.
 * @param {{title: string, body?: any, foot?: any, size?: "s"|"m", class?: string, head?: any, onClose?: (value: any) => void}} options
 * @returns {{element: HTMLDialogElement, close: (value?: any) => void, closed: Promise<any>}}
 */
export function openDialog(options) {
  document.querySelector("dialog[open]")?.close();
  const back = rememberFocus();
  const id = freshId("dialog");
  const size = options.size === "s" ? "dialog dialog-s" : "dialog";
  const closeButton = h("button", { class: "btn btn-icon btn-s", type: "button", "aria-label": gettext("Close") }, icon("close"));
  const element = /** @type {HTMLDialogElement} */ (
    h(
      "dialog",
      { class: options.class ? `${size} ${options.class}` : size, "aria-labelledby": id },
      h("div", { class: "dialog-head" }, h("h2", { id }, options.title), options.head || h("span", { class: "fill" }), closeButton),
      h("div", { class: "dialog-body" }, options.body),
      options.foot && h("div", { class: "dialog-foot" }, options.foot),
    )
  );
  let answer;
  let finish;
  const closed = new Promise((resolve) => {
    finish = resolve;
  });
  const close = (value) => {
    answer = value;
    element.close();
  };
  element.addEventListener("close", () => {
    element.remove();
    back({ unlessTaken: true });
    options.onClose?.(answer);
    finish(answer);
  });
  closeButton.addEventListener("click", () => close());
  // A press outside cancels; one that began inside (selecting text) does not.
  let downOutside = false;
  element.addEventListener("pointerdown", (event) => {
    downOutside = event.target === element;
  });
  element.addEventListener("click", (event) => {
    if (event.target === element && downOutside) close();
  });
  document.body.append(element);
  element.showModal();
  const wanted = element.querySelector("[autofocus]") || element.querySelector(".dialog-body input, .dialog-body textarea, .dialog-body select") || element.querySelector(".dialog-foot .btn-primary, .dialog-foot .btn-danger");
  wanted?.focus();
  return { element, close, closed };
}

/**
 * Ask yes or no. Resolves to true or false.
 * @param {{title: string, text?: string|Node, action: string, danger?: boolean}} options
 */
export async function confirmDialog({ title, text, action, danger }) {
  const yes = h("button", { class: danger ? "btn btn-danger" : "btn btn-primary", type: "button" }, action);
  const no = h("button", { class: "btn btn-quiet", type: "button" }, gettext("Cancel"));
  const dialog = openDialog({ title, size: "s", body: text ? h("p", { class: "dim" }, text) : null, foot: [h("span", { class: "fill" }), no, yes] });
  yes.addEventListener("click", () => dialog.close(true));
  no.addEventListener("click", () => dialog.close(false));
  return Boolean(await dialog.closed);
}

/**
 * Ask for one line or a few lines of text. Resolves to the text or null. `check` may refuse with a sentence.
 * @param {{title: string, label: string, action: string, value?: string, hint?: string, text?: string, lines?: number,
 *   required?: boolean, danger?: boolean, check?: (value: string) => (string|null|Promise<string|null>)}} options
 */
export async function promptDialog(options) {
  const hintId = freshId("hint");
  const input = /** @type {HTMLInputElement} */ (
    h(options.lines ? "textarea" : "input", {
      class: options.lines ? "area" : "input", rows: options.lines || null, value: options.value || "", "aria-describedby": hintId, autocomplete: "off", spellcheck: "false", autofocus: true,
    })
  );
  const hint = h("span", { class: "hint", id: hintId }, options.hint || "");
  const go = h("button", { class: options.danger ? "btn btn-danger" : "btn btn-primary", type: "submit" }, options.action);
  const no = h("button", { class: "btn btn-quiet", type: "button" }, gettext("Cancel"));
  const formId = freshId("form");
  const form = h("form", { id: formId }, options.text && h("p", { class: "dim" }, options.text), h("label", { class: "field" }, h("span", null, options.label), input, hint));
  go.setAttribute("form", formId);
  const dialog = openDialog({ title: options.title, size: "s", body: form, foot: [h("span", { class: "fill" }), no, go] });
  input.select();
  const refuse = (sentence) => {
    input.setAttribute("aria-invalid", "true");
    hint.className = "error";
    hint.setAttribute("role", "alert");
    fill(hint, sentence);
    input.focus();
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const value = input.value.trim();
    if (!value && options.required) return refuse(gettext("This cannot be empty."));
    const problem = await options.check?.(value);
    if (problem) return refuse(problem);
    return dialog.close(value);
  });
  no.addEventListener("click", () => dialog.close(null));
  const answer = await dialog.closed;
  return answer === undefined ? null : answer;
}
