/** The end of the status bar: how much is done, where the cursor is, which format and languages. */

import { fill, need } from "../core/dom.js";
import { languageName, number, percent } from "../core/format.js";
import { fmt, gettext } from "../core/i18n.js";
import { countsBar, countsText, doneRows } from "../components/progress.js";
import { h } from "../core/dom.js";

export class FileStatus {
  constructor(grid, info) {
    this.grid = grid;
    this.info = info;
    this.counts = info.file.counts;
    this.progress = need("#file-progress");
    this.facts = need("#file-facts");
    const { source, target } = info.languages;
    const names = fmt(gettext("{source} to {target}"), { source: languageName(source.code), target: languageName(target.code) });
    fill(need("#file-languages"), h("span", { title: names }, `${short(source.code)} → ${short(target.code)}`));
    grid.addEventListener("current", (event) => this.drawRow(event.detail.row));
    this.drawCounts();
    this.drawRow(null);
  }

  /** The server's newest counts of the file. */
  setFile(file) {
    if (file.counts) this.counts = file.counts;
    this.drawCounts();
  }

  drawCounts() {
    const words = countsText(this.counts);
    this.progress.title = words;
    fill(this.progress, countsBar(this.counts), h("span", { class: "num" }, fmt(gettext("{share} done"), { share: percent(doneRows(this.counts), this.counts.rows) })), h("span", { class: "sr" }, words));
  }

  drawRow(row) {
    const parts = [row ? fmt(gettext("Row {n}"), { n: number(row.n) }) : null, this.info.file.format?.toUpperCase(), this.info.encoding?.toUpperCase()];
    this.facts.textContent = parts.filter(Boolean).join(" · ");
  }
}

const short = (code) => (code ? code.split("-")[0].toUpperCase() : "?");
