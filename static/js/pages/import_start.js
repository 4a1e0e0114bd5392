/** From files in the person's hands to the page that maps them: sent, remembered, opened. */

import { gettext, fmt, ngettext } from "../core/i18n.js";
import { percent } from "../core/format.js";
import { h } from "../core/dom.js";
import { taskBar } from "../components/progress.js";
import { toast } from "../components/toast.js";
import { upload } from "../components/upload.js";

const STORE = "import.uploads";

/** Keep what was sent for the page that comes. @param {string} address @param {Sent[]} uploads */
export function rememberUploads(address, uploads) {
  try {
    sessionStorage.setItem(STORE, JSON.stringify({ address, uploads }));
  } catch {
    // Without storage the page asks for the files again.
  }
}

/** What was sent for this page. */
export function rememberedUploads(address) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORE) || "null");
    return kept?.address === address ? kept.uploads : [];
  } catch {
    return [];
  }
}

export const forgetUploads = () => {
  try {
    sessionStorage.removeItem(STORE);
  } catch {
    // Nothing was kept.
  }
};

/** Send files with a bar that moves and can be stopped. @returns {Promise<Sent[]>} */
export async function sendWithProgress(files) {
  const stop = new AbortController();
  const bar = taskBar(0);
  const share = h("span", { class: "num" }, percent(0, 1));
  const words = files.length === 1 ? fmt(gettext("Sending {name}"), { name: files[0].path }) : fmt(ngettext("Sending {n} file", "Sending {n} files", files.length), { n: files.length });
  const text = h("span", { class: "send-line" }, h("span", { class: "clip" }, words), bar, share);

  const close = toast(text, { icon: "upload", id: "upload", stay: true, actions: [{ label: gettext("Cancel"), run: () => stop.abort() }] });
  try {
    return await upload(files, (sent, total) => {
      taskBar(total ? sent / total : 1, bar);
      share.textContent = percent(sent, total || 1);
    }, stop.signal);
  } finally {
    close();
  }
}

/** @param {Incoming[]} files @param {{kind: string, id: number}} node a project or folder */
export async function sendAndOpen(files, node) {
  const uploads = await sendWithProgress(files);
  const address = `/${node.kind}s/${node.id}/import/`;
  rememberUploads(address, uploads);
  location.assign(address);
}
