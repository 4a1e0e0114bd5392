/** Filters that were kept by name, one's own and those the project shares: a menu, a dialog, and Ctrl K. */

import { getAll, patch, post, remove } from "../core/api.js";
import { h } from "../core/dom.js";
import { fmt, gettext } from "../core/i18n.js";
import { bind } from "../core/keyboard.js";
import { page } from "../core/prefs.js";
import { field, formDialog } from "../components/forms.js";
import { openMenu, separator } from "../components/menu.js";
import { toast, toastError } from "../components/toast.js";

const FRESH_MS = 3000;

export class SavedFilters {
  /** @param {FilterBar} bar @param {number} projectId @param {HTMLElement} button */
  constructor(bar, projectId, button) {
    Object.assign(this, { bar, projectId, button, list: [] });
    this.unbind = () => {};
    button.addEventListener("click", () => this.open());
    // A menu opens at once, with what is known: on the way to the button it is asked what others shared meanwhile.
    for (const name of ["pointerenter", "focus"]) button.addEventListener(name, () => this.load());
    this.load();
  }

  async load() {
    if (Date.now() - (this.loadedAt || 0) < FRESH_MS) return;
    this.loadedAt = Date.now();
    try {
      this.take(await getAll(`projects/${this.projectId}/filters`));
    } catch (error) {
      if (error.status !== 404 && !error.isTemporary) toastError(error);
    }
  }

  take(list) {
    this.list = [...list].sort((a, b) => a.name.localeCompare(b.name));
    this.unbind();
    this.unbind = bind(document, this.list.map((one) => ({
      id: `saved-filter.${one.id}`, label: fmt(gettext("Filter: {name}"), { name: one.name }), group: gettext("Saved filters"), keys: [], help: false, icon: "filter", run: () => this.use(one),
    })));
  }

  use(one) {
    return this.bar.apply({ query: one.query });
  }

  open() {
    openMenu(this.items(), this.button, { label: gettext("Saved filters") });
  }

  items() {
    const mine = this.list.filter((one) => this.may(one));
    return [
      ...(this.list.length ? this.list.map((one) => ({ label: one.name, icon: one.shared ? "users" : "filter", checked: one.query === this.bar.query, run: () => this.use(one) })) : [{ note: gettext("No filter was saved in this project yet.") }]),
      separator,
      { label: gettext("Save this filter…"), icon: "plus", disabled: this.bar.query ? undefined : gettext("There is no filter."), run: () => this.ask(null) },
      mine.length && { label: gettext("Rename, share, delete"), icon: "pencil", items: mine.map((one) => ({ label: `${one.name}…`, run: () => this.ask(one) })) },
    ];
  }

  /** One's own, and for leads what is shared. */
  may(one) {
    return one.may_edit ?? ((one.owner?.id ?? one.owner_id) === page.user?.id || (one.shared && page.user?.is_lead));
  }

  /** The dialog of a filter: a new one when `one` is null. */
  ask(one) {
    const name = /** @type {HTMLInputElement} */ (h("input", { class: "input", type: "text", maxlength: "100", value: one?.name || "", autocomplete: "off", autofocus: true }));
    const shared = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", checked: one?.shared || false }));
    const query = one?.query ?? this.bar.query;
    const dialog = formDialog({
      title: one ? fmt(gettext("Saved filter “{name}”"), { name: one.name }) : gettext("Save this filter"),
      fields: [
        h("p", { class: "dim" }, h("code", { class: "mono" }, query)),
        field(gettext("Name"), name),
        h("label", { class: "check" }, shared, gettext("For everybody in the project")),
        one && h("div", null, h("button", { class: "btn btn-danger btn-s", type: "button", onclick: () => { dialog.close(null); this.drop(one); } }, gettext("Delete"))),
      ],
      action: gettext("Save"),
      save: () => {
        const body = { name: name.value.trim(), shared: shared.checked };
        return one ? patch(`filters/${one.id}`, body) : post(`projects/${this.projectId}/filters`, { ...body, query });
      },
    });
    dialog.closed.then(async (saved) => {
      if (!saved) return;
      this.take([...this.list.filter((other) => other.id !== saved.id), saved]);
      toast(fmt(gettext("Filter saved: {name}"), { name: saved.name }), { kind: "done", id: "saved-filter" });
    });
  }

  async drop(one) {
    try {
      await remove(`filters/${one.id}`);
    } catch (error) {
      toastError(error);
      return;
    }
    this.take(this.list.filter((other) => other.id !== one.id));
    const again = async () => {
      const saved = await post(`projects/${this.projectId}/filters`, { name: one.name, query: one.query, shared: one.shared });
      this.take([...this.list, saved]);
    };
    toast(fmt(gettext("Filter deleted: {name}"), { name: one.name }), { id: "saved-filter", actions: [{ label: gettext("Undo"), run: () => again().catch(toastError) }] });
  }
}
