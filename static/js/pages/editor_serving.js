/** Which memories serve the file, nearest first, which of them takes what is confirmed; shown in the status bar. */

import { get } from "../core/api.js";
import { need } from "../core/dom.js";
import { number, percent } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";

export class Serving {
  /** @param {number} fileId */
  constructor(fileId) {
    this.fileId = fileId;
    /** @type {any[]} */
    this.memories = [];
    this.writesTo = null;
    this.isHere = false;
    this.load();
  }

  async load() {
    try {
      const { memories, writes_to: writes } = await get(`files/${this.fileId}/memories`);
      this.memories = memories.filter((one) => !one.mismatch);
      this.writesTo = writes;
      this.isHere = true;
      this.#draw();
    } catch {
      // The bar says nothing; the panel has its own answer.
    }
  }

  #draw() {
    const place = need("#file-memories");
    const { length } = this.memories;
    place.textContent = length ? fmt(ngettext("{n} memory", "{n} memories", length), { n: number(length) }) : gettext("No memory");
    const lines = this.memories.map((one, n) => [`${n + 1}. ${one.memory.name} (${one.place.name})`, one.memory.id === this.writesTo && gettext("confirmed rows go here")].filter(Boolean).join(" · "));
    if (length && this.writesTo === null) lines.push(gettext("No memory takes what is confirmed here."));
    place.title = lines.join("\n");
  }

  mayEdit(memoryId) {
    return Boolean(this.memories.find((one) => one.memory.id === memoryId)?.memory.may?.edit_entries);
  }

  /**
   * Why there are no neighbours by meaning, in one sentence; empty where they were looked for and there are none.
   * @param {any[]|null} near the answer of the look-up
   */
  whyNoNear(near) {
    if (near !== null || !this.isHere) return "";
    const states = this.memories.map((one) => one.memory.vectors).filter((one) => one.engine);
    if (!states.length) return gettext("No memory of this file compares meanings. A memory's settings switch it on.");
    const building = states.find((one) => one.state === "building");
    if (building) return fmt(gettext("Vectors are being built, {share}."), { share: percent(building.done, building.total) });
    return states.find((one) => one.state === "unavailable")?.why || gettext("Vectors are not built yet.");
  }
}
