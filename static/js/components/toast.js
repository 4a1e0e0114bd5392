/** Short messages above the status bar: at most two, six seconds, errors until they are closed. */

import { find, h, icon } from "../core/dom.js";
import { gettext } from "../core/i18n.js";

const LIFE = 6000;
const ICONS = { error: "error", warn: "warn", info: "info", done: "check" };

/**
 * @param {string|Node|(string|Node)[]} message
 * @param {{kind?: "info"|"done"|"warn"|"error", icon?: string, actions?: {label: string, key?: string, run: () => void}[], id?: string, stay?: boolean}} [options] stay: until it is closed
 * @returns {() => void} closes it
 */
export function toast(message, options = {}) {
  const kind = options.kind || "info";
  const place = find("#toasts") || document.body;
  if (options.id) find(`[data-toast="${CSS.escape(options.id)}"]`, place)?.remove();
  const close = () => {
    clearTimeout(timer);
    element.remove();
  };
  const element = h(
    "div",
    { class: `toast is-${kind}`, role: kind === "error" ? "alert" : null, "data-toast": options.id || null },
    icon(options.icon || ICONS[kind]),
    h(
      "div",
      { class: "fill" },
      h("div", null, message),
      options.actions?.length &&
        h("div", { class: "act" }, options.actions.map((action, index) =>
          h("button", {
            class: index ? "btn btn-quiet btn-s" : "btn btn-s", type: "button",
            onclick: () => {
              close();
              action.run();
            },
          }, action.label, action.key && h("kbd", { class: "kbd" }, action.key)))),
    ),
    h("button", { class: "btn btn-icon btn-s", type: "button", "aria-label": gettext("Close"), onclick: close }, icon("close", { small: true })),
  );
  let timer = 0;
  const start = () => {
    clearTimeout(timer);
    if (kind !== "error" && !options.stay) timer = setTimeout(close, LIFE);
  };
  const hold = () => clearTimeout(timer);
  element.addEventListener("pointerenter", hold);
  element.addEventListener("pointerleave", start);
  element.addEventListener("focusin", hold);
  element.addEventListener("focusout", start);
  // Said twice it is still one message.
  for (const old of [...place.children]) if (old.className === element.className && old.textContent === element.textContent) old.remove();
  place.append(element);
  while (place.childElementCount > 2) place.firstElementChild.remove();
  start();
  return close;
}

/** Take a message away whose reason is gone. */
export function closeToast(id) {
  find(`[data-toast="${CSS.escape(id)}"]`)?.remove();
}

/** Show what went wrong in words of the refusal. An aborted request says nothing. */
export function toastError(error, fallback) {
  if (error?.name === "AbortError") return;
  if (!error?.status && error?.name !== "ApiError") console.error(error);
  toast(error?.name === "ApiError" ? error.message : fallback || gettext("This did not work. Nothing was changed."), { kind: "error" });
}
