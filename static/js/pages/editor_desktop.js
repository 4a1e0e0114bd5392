/** The editor on a desktop: rows that are still coming from the server, and what is not known of other people. */

import { get } from "../core/api.js";
import { fill, icon, need } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext } from "../core/i18n.js";
import { page } from "../core/prefs.js";

const ASK_MS = 2000;
const WORRY_MS = 20_000;

export class Arriving {
  constructor({ grid, status, fileId }) {
    Object.assign(this, { grid, status, fileId });
    this.chip = need("#partial-chip");
    this.failures = 0;
    this.look();
  }

  async look() {
    try {
      const answer = await get("link/files", { query: { ids: String(this.fileId) } });
      const [state] = answer.items || answer;
      this.failures = 0;
      if (!state || state.whole !== false) return await this.#whole();
      await this.#takeRows();
      this.chip.hidden = false;
      this.chip.title = gettext("The rest of this file is being fetched from the server. You can work on what is here.");
      fill(this.chip, icon("download", { small: true }), fmt(gettext("Partly here: {n} rows so far"), { n: number(this.grid.options.total) }));
    } catch (error) {
      if (error.status === 404) return undefined;
      this.failures += 1;
    }
    setTimeout(() => this.look(), this.failures ? WORRY_MS : ASK_MS);
    return undefined;
  }

  /** Rows that came since. */
  async #takeRows() {
    const { file } = await get(`files/${this.fileId}`);
    if (file.counts.rows === this.grid.options.total) return;
    this.status.setFile(file);
    await this.grid.reload(file.counts.rows);
  }

  async #whole() {
    if (this.chip.hidden) return;
    this.chip.hidden = true;
    await this.#takeRows();
  }
}

export function attach(editor) {
  if (!page.desktop) return;
  const people = need("#people");
  if (editor.fileId < 0) people.title = gettext("This file is on this computer only: nobody else can be in it.");
  else editor.arriving = new Arriving(editor);
}
