/** The files on their way in: each read by a task, with the options that the person chose. */

import { pollTask, post } from "../core/api.js";
import { isArchive, isInSource, isMonolingual, proposeSource } from "./import_model.js";

/**
 * @typedef {Object} Item
 * @property {{id: string, filename: string, size: number}} upload
 * @property {string} path
 * @property {any} options in the person's words; null before the first reading
 * @property {boolean} touched the person changed something
 * @property {any} inspection the last that succeeded
 * @property {string} state waiting, reading, ready, error, archive
 * @property {{message: string}|null} error
 * @property {string|null} source id of the upload with the source language
 * @property {boolean} wanted imported at all
 */

export class Items {
  /** @param {{source: string, target: string, options?: any}} languages @param {() => void} changed */
  constructor(languages, changed) {
    this.languages = languages;
    this.changed = changed;
    /** @type {Item[]} */
    this.all = [];
    this.running = new Map();
  }

  /** @param {any[]} uploads */
  add(uploads) {
    for (const upload of uploads) {
      this.all.push({ upload, path: upload.filename, options: null, touched: false, inspection: null, state: isArchive(upload.filename) ? "archive" : "waiting", error: null, source: null, wanted: true });
    }
    this.#propose();
  }

  /** Source-language files by name, once all names are known. */
  #propose() {
    const paths = this.all.map((item) => item.path);
    const { source, target } = this.languages;
    for (const item of this.all) {
      if (item.source || item.touched) continue;
      const path = proposeSource(item.path, paths, source, target);
      const other = path && this.all.find((one) => one.path === path);
      if (!other) continue;
      item.source = other.upload.id;
      if (!target || isInSource(other.path, source) || !isInSource(item.path, source)) other.wanted = false;
    }
  }

  /** Options to start with: how the present version was read, else languages that help to guess. */
  #first(item) {
    if (item.options) return item.options;
    if (this.languages.options) return this.languages.options;
    const hints = {};
    if (this.languages.source) hints.source_language = this.languages.source;
    if (this.languages.target) hints.target_language = this.languages.target;
    return Object.keys(hints).length ? hints : null;
  }

  /** Read a file again; an older reading of it is forgotten. @param {Item} item */
  async read(item) {
    if (item.state === "archive") return;
    this.running.get(item)?.abort();
    const stop = new AbortController();
    this.running.set(item, stop);
    item.state = "reading";
    this.changed();
    try {
      await this.#inspect(item, this.#first(item), stop.signal);
    } catch (error) {
      if (error.name === "AbortError") return;
      item.state = "error";
      item.error = error;
    }
    if (this.running.get(item) === stop) this.running.delete(item);
    this.changed();
  }

  async #inspect(item, options, signal) {
    const ask = async (given) => {
      const { task } = await post(`uploads/${item.upload.id}/inspect`, { options: given, source_upload: item.source }, { signal });
      return (await pollTask(task, undefined, { signal })).result;
    };
    let result;
    try {
      result = await ask(options);
    } catch (error) {
      // The mapping of the present version need not fit the newer one: then it is found anew.
      if (error.name === "AbortError" || item.touched || !this.languages.options || options !== this.languages.options) throw error;
      result = await ask(null);
    }
    if (signal.aborted) throw new DOMException("Aborted", "AbortError");
    item.inspection = result;
    item.options = result.options;
    item.state = "ready";
    item.error = null;
  }

  /** Other options, chosen by the person. @param {Item} item */
  change(item, options) {
    item.options = options;
    item.touched = true;
  }

  /** The items as the API takes them. An untouched file that was not read yet is read with the defaults. */
  body() {
    return this.all
      .filter((item) => item.wanted)
      .map((item) => ({ upload: item.upload.id, path: item.path, ...(item.inspection || item.touched ? { options: item.options } : {}), ...(item.source && (!item.inspection || isMonolingual(item.inspection.format, item.options)) ? { source_upload: item.source } : {}) }));
  }

  /** Every variant that was found, in order. */
  variants() {
    return [...new Set(this.all.filter((item) => item.wanted).flatMap((item) => item.inspection?.variants || []))];
  }
}
