/** The editor on a desktop: rows that are still coming from the server, and what is not known of other people. */

import { get, post } from "../core/api.js";
import { fill, icon, need } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext } from "../core/i18n.js";
import { page } from "../core/prefs.js";

const ASK_MS = 2000;
const WORRY_MS = 20_000;

export class Arriving {
  constructor({ grid, status, marks, fileId }) {
    Object.assign(this, { grid, status, marks, fileId });
    this.chip = need("#partial-chip");
    this.failures = 0;
    this.#refresh();
    this.look();
  }

  /** What is opened while the server answers is brought up to date and stays so; in silence, the rows here are worked on. */
  async #refresh() {
    try {
      const link = await get("link");
      if (link.state === "online") await post("link/open", { file_id: this.fileId });
    } catch {
      // The link's chip says how it stands with the server.
    }
  }

  async look() {
    try {
      const answer = await get("link/files", { query: { ids: String(this.fileId) } });
      const [state] = answer.items || answer;
      this.failures = 0;
      if (!state || (state.whole !== false && state.memories_whole !== false)) return await this.#whole();
      if (state.whole !== false) {
        this.#say(gettext("Memories are coming"), gettext("The memories of this file are still being fetched from the server. Matches may be missing until then."));
        setTimeout(() => this.look(), ASK_MS);
        return undefined;
      }
      await this.#takeRows();
      this.#say(fmt(gettext("Partly here: {n} rows so far"), { n: number(this.grid.options.total) }), gettext("The rest of this file is being fetched from the server. You can work on what is here."));
    } catch (error) {
      if (error.status === 404) return undefined;
      this.failures += 1;
    }
    setTimeout(() => this.look(), this.failures ? WORRY_MS : ASK_MS);
    return undefined;
  }

  #say(words, title) {
    this.chip.hidden = false;
    this.chip.title = title;
    fill(this.chip, icon("download", { small: true }), words);
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
    this.marks.forget();
  }
}

/** Why nobody else is shown in a file; empty while the server tells. @param {number} fileId @param {any} link */
export function whyAlone(fileId, link) {
  if (fileId < 0) return gettext("This file is on this computer only: nobody else can be in it.");
  if (link?.state === "online") return "";
  return gettext("Who else is in this file is not known while the server is not reached.");
}

/** In the place of the people: why there are none. */
class Alone {
  constructor(fileId) {
    this.fileId = fileId;
    this.chip = need("#alone-chip");
    this.look();
  }

  async look() {
    let link = null;
    try {
      link = this.fileId < 0 ? null : await get("link");
    } catch {
      // As without a link: nobody is known.
    }
    const words = whyAlone(this.fileId, link);
    this.chip.hidden = !words;
    this.chip.title = words;
    fill(this.chip, words && icon("offline", { small: true, label: words }), words && gettext("Only you"));
    if (this.fileId > 0) setTimeout(() => this.look(), WORRY_MS);
  }
}

export function attach(editor) {
  if (!page.desktop) return;
  editor.alone = new Alone(editor.fileId);
  if (editor.fileId > 0) editor.arriving = new Arriving(editor);
}
