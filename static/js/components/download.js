/** A download that a task prepares: started, followed, and handed to the browser when it is ready. */

import { pollTask, post } from "../core/api.js";
import { h } from "../core/dom.js";
import { bytes } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";
import { toast, toastError } from "./toast.js";

/** Hand a finished file to the browser. */
export function saveFile(file) {
  const link = h("a", { href: file.url, download: file.name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
}

/**
 * @param {{kind: string, id: number}} ref a file, folder or project
 * @param {{format: "original"|"bilingual", status?: string, all_languages?: boolean}} options
 */
export async function download(ref, options) {
  try {
    const { task } = await post(`${ref.kind}s/${ref.id}/download`, { status: "all", ...options });
    const done = await pollTask(task);
    if (!done.files.length) throw new Error("A download task without a file");
    done.files.forEach(saveFile);
    const file = done.files[0];
    toast(fmt(gettext("{name} is ready, {size}."), { name: file.name, size: bytes(file.size) }), { kind: "done", id: `download-${ref.kind}-${ref.id}` });
    tellErrors(done.result?.errors || []);
  } catch (error) {
    toastError(error);
  }
}

/** Files of a folder that could not be written are named, not left out in silence. */
function tellErrors(errors) {
  if (!errors.length) return;
  const first = errors[0];
  const text = fmt(ngettext("{n} file is not in the archive.", "{n} files are not in the archive.", errors.length), { n: errors.length });
  toast([text, " ", fmt(gettext("{path}: {message}"), { path: first.path, message: first.message })], { kind: "warn" });
}
