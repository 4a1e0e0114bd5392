/** Sending files to the server, several at a time, with progress. */

import { ApiError } from "../core/api.js";
import { gettext } from "../core/i18n.js";

const BATCH_FILES = 20;
const BATCH_BYTES = 24 * 1024 * 1024;
const LITTER = new Set([".ds_store", "thumbs.db", "desktop.ini"]);

/** @typedef {{file: File, path: string}} Incoming */
/** @typedef {{id: string, filename: string, size: number}} Sent */

/** Whether a file is one that systems leave behind in folders. */
export const isLitter = (path) => LITTER.has(path.split("/").pop().toLowerCase()) || path.startsWith("__MACOSX/");

/** Groups small enough for one request each. @param {Incoming[]} files */
export function batches(files) {
  const groups = [];
  let size = 0;
  for (const one of files) {
    const last = groups[groups.length - 1];
    if (!last || last.length >= BATCH_FILES || size + one.file.size > BATCH_BYTES) {
      groups.push([one]);
      size = one.file.size;
    } else {
      last.push(one);
      size += one.file.size;
    }
  }
  return groups;
}

/**
 * Send files. Paths are kept.
 * @param {Incoming[]} files
 * @param {(sent: number, total: number) => void} [onProgress] bytes
 * @param {AbortSignal} [signal]
 * @returns {Promise<Sent[]>} in the order of `files`
 * @throws {ApiError} and DOMException "AbortError"
 */
export async function upload(files, onProgress, signal) {
  const total = files.reduce((sum, one) => sum + one.file.size, 0);
  const sent = [];
  let before = 0;
  for (const group of batches(files)) {
    const form = new FormData();
    for (const one of group) {
      form.append("file", one.file, one.file.name);
      form.append("path", one.path);
    }
    const bytes = group.reduce((sum, one) => sum + one.file.size, 0);
    const start = before;
    const answer = await send(form, (loaded, whole) => onProgress?.(start + bytes * (whole ? loaded / whole : 0), total), signal);
    sent.push(...answer.uploads);
    before += bytes;
    onProgress?.(before, total);
  }
  return sent;
}

/** One request through XMLHttpRequest: fetch does not say how much was sent. */
function send(form, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/uploads");
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", document.querySelector('meta[name="csrf-token"]')?.getAttribute("content") || "");
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded, event.total));
    request.addEventListener("load", () => {
      const data = parse(request.responseText);
      if (request.status >= 200 && request.status < 300 && data) resolve(data);
      else if (request.status === 413) reject(new ApiError(data?.error?.code || "http_413", data?.error?.message || gettext("This is larger than the server accepts."), data?.error?.details, 413));
      else reject(new ApiError(data?.error?.code || `http_${request.status}`, data?.error?.message || gettext("The server did not take the file. Nothing was changed."), data?.error?.details, request.status));
    });
    request.addEventListener("error", () => reject(new ApiError("unreachable", gettext("The server does not answer. The file was not sent."), {}, 0)));
    request.addEventListener("abort", () => reject(new DOMException("Aborted", "AbortError")));
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What was dropped, folders walked with their paths. Call it in the drop event itself. @returns {Promise<Incoming[]>} */
export async function droppedFiles(transfer) {
  // The entries must be taken at once: the list is emptied when the event ends.
  const entries = [...transfer.items].filter((item) => item.kind === "file").map((item) => item.webkitGetAsEntry?.() || item.getAsFile());
  const found = [];
  for (const entry of entries) if (entry) await walk(entry, "", found);
  return found.filter((one) => !isLitter(one.path));
}

async function walk(entry, parent, found) {
  if (entry instanceof File) {
    found.push({ file: entry, path: parent + entry.name });
  } else if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    found.push({ file, path: parent + entry.name });
  } else if (entry.isDirectory) {
    const reader = entry.createReader();
    // A reader hands out its entries in pieces, the last of which is empty.
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length) break;
      for (const one of some) await walk(one, `${parent}${entry.name}/`, found);
    }
  }
}

/** Let the person choose files. @returns {Promise<Incoming[]>} empty when nothing was chosen */
export function chooseFiles({ accept = "", many = true, folder = false } = {}) {
  return new Promise((resolve) => {
    const input = document.createElement("input");
    input.type = "file";
    input.id = "file-chooser";
    input.hidden = true;
    input.multiple = many;
    if (folder) input.webkitdirectory = true;
    else if (accept) input.accept = accept;
    const finish = () => {
      const files = [...(input.files || [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
      input.remove();
      resolve(files.filter((one) => !isLitter(one.path)));
    };
    input.addEventListener("change", finish);
    input.addEventListener("cancel", finish);
    document.body.append(input);
    input.click();
  });
}

/** Whether a drag carries files from outside the page. */
export const carriesFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
