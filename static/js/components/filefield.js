/** A field that names a file below a place of the tree: names are completed while one types. */

import { ApiError, get } from "../core/api.js";
import { debounce, fill, h } from "../core/dom.js";
import { fmt, gettext } from "../core/i18n.js";

let count = 0;

/** A text field with its list. `under` is "kind:id"; `more` are attributes of the field. */
export function makeFileField(under, label, more = {}) {
  const list = h("datalist", { id: `files-${(count += 1)}` });
  const field = /** @type {HTMLInputElement} */ (h("input", { class: "input", type: "text", list: list.id, "aria-label": label, autocomplete: "off", spellcheck: "false", ...more }));
  const found = async () => (await get("search", { query: { q: field.value.trim(), limit: 20, kinds: "file", under } })).results;
  field.addEventListener("input", debounce(async () => {
    const files = field.value.trim() ? await found().catch(() => []) : [];
    fill(list, files.map((file) => h("option", { value: file.name })));
  }, 150));
  return {
    field,
    element: h("span", { class: "fill" }, field, list),
    /** The file's id; null for an empty field. Throws ApiError where no file, or more than one, has this name. */
    async value() {
      const name = field.value.trim();
      if (!name) return null;
      const files = (await found()).filter((file) => file.name === name);
      if (files.length === 1) return files[0].id;
      const words = files.length ? gettext("{n} files here are called {name}. Rename one, or use a filter instead.") : gettext("No file here is called {name}.");
      throw new ApiError("no_file", fmt(words, { n: files.length, name }), { field: "file" }, 400);
    },
  };
}
