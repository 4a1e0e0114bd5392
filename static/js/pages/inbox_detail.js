/** One conflict in full: where both started, mine, theirs, what can be done, what happened, the rows around it. */

import { get } from "../core/api.js";
import { fill, freshId, h, icon } from "../core/dom.js";
import { number } from "../core/format.js";
import { fmt, gettext } from "../core/i18n.js";
import { isComposing, keyOf } from "../core/keyboard.js";
import { page } from "../core/prefs.js";
import { avatar } from "../components/person.js";
import { renderText } from "../components/textmark.js";
import { renderDiff } from "../components/worddiff.js";
import { conflictWords, keptWords, moment, nameOf, noRowWords, settledWords, storyOf } from "./inbox_words.js";

const me = page.user?.id;

export class ConflictDetail {
  /**
   * @param {HTMLElement} host
   * @param {{decide: (one: any, resolution: string, target?: string) => Promise<void>, left: () => void}} acts left: the keyboard goes back to the list
   */
  constructor(host, acts) {
    Object.assign(this, { host, acts });
    this.one = null;
    this.files = new Map();
    this.third = null;
    /** Third texts that were begun: choosing another conflict loses none. */
    this.drafts = new Map();
  }

  /** @param {any|null} one a conflict; null empties the page */
  show(one) {
    const same = this.one && one && this.one.op === one.op;
    if (same && this.third) {
      this.one = one;
      return;
    }
    this.one = one;
    this.third = null;
    if (!one) {
      fill(this.host);
      return;
    }
    this.where = h("span", { class: "clip" }, one.file_name);
    this.around = h("section", { hidden: true });
    this.now = h("section", { class: "cf-base", hidden: true });
    this.actsHost = h("div");
    const words = conflictWords(one, me);
    const why = noRowWords(one);
    fill(
      this.host,
      h("header", null,
        h("div", { class: "row faint cf-where" }, this.where, one.n && h("span", null, fmt(gettext("row {n}"), { n: number(one.n) })), one.key && h("bdi", { class: "mono clip" }, one.key), one.reason !== "gone" && h("a", { class: "link", href: `/files/${one.file_id}/?row=${one.row_id}` }, gettext("Open in the grid"))),
        h("h2", { class: "cf-src", dir: "auto", "data-lang": "source" }, renderText(one.source || ""))),
      h("section", { class: "cf-base" }, h("span", { class: "label" }, gettext("Both started from")), h("p", { class: "cf-line", dir: "auto", "data-lang": "target" }, one.base ? renderText(one.base) : h("span", { class: "faint" }, gettext("no text")))),
      h("div", { class: "cf-two" },
        this.side(words.lost, one.lost_by, one.lost_at, one.lost, false, why || gettext("Kept here. Not in the file.")),
        one.reason !== "gone" && this.side(words.kept, one.kept_by, one.kept_at, one.kept, true, keptWords(one))),
      this.now,
      this.actsHost,
      h("section", null, h("div", { class: "label" }, gettext("What happened")), h("ol", { class: "when" }, storyOf(one, me).map((step) => h("li", null, h("span", { class: "num" }, step.at), h("span", { class: "dim" }, step.words))))),
      this.around,
    );
    this.drawActs(words);
    this.host.scrollTop = 0;
    this.fetchPlace(one);
  }

  side(title, person, at, text, isIn, foot) {
    const one = this.one;
    const who = person?.id === me && me !== undefined ? gettext("You") : nameOf(person);
    return h("section", { class: isIn ? "pane cf-side is-in" : "pane cf-side", "aria-label": title },
      h("div", { class: "pane-head" }, h("span", { class: "strong clip" }, title), h("span", { class: "push row dim" }, person && avatar(person, { small: true }), [who, at && moment(at)].filter(Boolean).join(" · "))),
      h("div", { class: "pane-body" }, h("p", { class: "cf-text", dir: "auto", "data-lang": "target" }, text || one.base ? renderDiff(one.base, text) : h("span", { class: "faint" }, gettext("no text")), !text && one.base && h("span", { class: "faint" }, ` ${gettext("(emptied)")}`))),
      h("div", { class: "cf-foot" }, isIn ? h("span", { class: "st-reviewed row" }, icon("check", { small: true }), foot) : foot));
  }

  drawActs(words = conflictWords(this.one, me)) {
    const one = this.one;
    const button = (label, id, run) => h("button", { class: "btn", type: "button", onclick: run }, label, keyOf(id) && [" ", h("kbd", { class: "kbd" }, keyOf(id))]);
    if (one.resolution) {
      fill(this.actsHost, h("p", { class: "row dim" }, icon("check", { small: true }), [settledWords(one, me), one.resolved_at && moment(one.resolved_at)].filter(Boolean).join(" · ")));
      return;
    }
    const decidable = !noRowWords(one);
    fill(this.actsHost, h("div", { class: "cf-act" },
      button(decidable ? words.keep : gettext("Put it away"), "inbox.keep", () => this.acts.decide(one, "kept")),
      decidable && [button(words.swap, "inbox.swap", () => this.acts.decide(one, "swapped")), button(gettext("Write a third"), "inbox.third", () => this.write())],
      h("span", { class: "fill" }),
      keyOf("inbox.next") && h("span", { class: "faint" }, h("kbd", { class: "kbd" }, keyOf("inbox.next")), ` ${gettext("next open")}`)));
  }

  /** A third text: typed below the two, put into the file with Ctrl S. Leaving it keeps both as they are. */
  write() {
    const one = this.one;
    if (!one || one.resolution || noRowWords(one) || this.third) return false;
    const hint = freshId("third");
    const area = /** @type {HTMLTextAreaElement} */ (h("textarea", { class: "area cf-third", rows: "3", dir: "auto", "data-lang": "target", "aria-label": gettext("The third text"), "aria-describedby": hint, value: this.drafts.get(one.op) ?? (one.lost || one.kept), spellcheck: "false" }));
    const problem = h("p", { class: "st-qa", role: "alert", hidden: true });
    const leave = () => {
      this.drafts.delete(one.op);
      this.third = null;
      this.drawActs();
      this.acts.left();
    };
    const save = async () => {
      if (area.readOnly) return;
      area.readOnly = true;
      try {
        this.third = null;
        await this.acts.decide(one, "third", area.value);
        this.drafts.delete(one.op);
      } catch (error) {
        this.third = area;
        area.readOnly = false;
        problem.hidden = false;
        problem.textContent = error.message;
        area.focus();
      }
    };
    area.addEventListener("input", () => this.drafts.set(one.op, area.value));
    area.addEventListener("keydown", (event) => {
      if (isComposing(event)) return;
      const goes = (event.ctrlKey || event.metaKey) && (event.code === "KeyS" || event.code === "Enter");
      if (goes) save();
      else if (event.code === "Escape") leave();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.third = area;
    fill(this.actsHost, h("div", { class: "cf-write" }, area, problem,
      h("div", { class: "cf-act" }, h("button", { class: "btn", type: "button", onclick: save }, gettext("Into the file"), " ", h("kbd", { class: "kbd" }, "Ctrl S")), h("button", { class: "btn btn-quiet", type: "button", onclick: leave }, gettext("Cancel"), " ", h("kbd", { class: "kbd" }, "Esc")),
        h("span", { class: "faint", id: hint }, gettext("Codes are written as in the file. Both texts stay in the history.")))));
    this.speak(one);
    area.focus();
    area.select();
    return true;
  }

  /** Where the row is, its neighbours, the present text, and the languages: what the page can do without comes last. */
  async fetchPlace(one) {
    await this.languages(one.file_id);
    if (this.one !== one) return;
    this.speak(one);
    if (one.reason === "gone") return;
    try {
      const { index } = await get(`files/${one.file_id}/locate`, { query: { row: one.row_id } });
      const answer = await get(`files/${one.file_id}/rows`, { query: { start: Math.max(0, index - 1), count: index ? 3 : 2 } });
      if (this.one !== one) return;
      this.drawAround(one, answer.rows);
      this.speak(one);
    } catch {
      // The row or the file is not there for this person: the texts of the conflict are.
    }
  }

  drawAround(one, rows) {
    const own = rows.find((row) => row.id === one.row_id);
    if (own && !one.resolution && own.target !== one.kept) {
      this.now.hidden = false;
      fill(this.now, h("span", { class: "label" }, gettext("In the file now")), h("p", { class: "cf-line", dir: "auto", "data-lang": "target" }, own.target ? renderText(own.target) : h("span", { class: "faint" }, gettext("no text"))));
    }
    this.around.hidden = rows.length < 2;
    fill(this.around, h("div", { class: "label" }, gettext("Around it")), h("div", { class: "around" }, rows.map((row) =>
      h("div", { class: row.id === one.row_id ? "on" : null }, h("span", { class: "num faint" }, number(row.n)), h("span", { class: "cf-line", dir: "auto", "data-lang": "source" }, renderText(row.source)),
        row.id === one.row_id ? h("span", { class: "faint" }, gettext("this row")) : h("span", { class: "cf-line", dir: "auto", "data-lang": "target" }, renderText(row.target))))));
  }

  async languages(fileId) {
    if (!this.files.has(fileId)) this.files.set(fileId, get(`files/${fileId}`).catch(() => null));
    return this.files.get(fileId);
  }

  /** Every text says its language: it chooses glyphs and the voice. */
  async speak(one) {
    const file = await this.languages(one.file_id);
    if (!file || this.one !== one) return;
    this.where.textContent = [...file.path.map((step) => step.name), file.file.name].join(" / ");
    for (const element of this.host.querySelectorAll("[data-lang]")) {
      const code = element.dataset.lang === "source" ? file.file.source_language : file.file.target_language;
      if (code) element.lang = code;
    }
  }
}
