/** What tasks say: their state, what came of them, where their result is. */

import { bytes, number } from "../core/format.js";
import { fmt, gettext, ngettext } from "../core/i18n.js";

/** {icon, colour class, words} of a state. */
export function stateOf(task) {
  switch (task.status) {
    case "queued": return { icon: "clock", colour: "faint", words: gettext("Waiting") };
    case "running": return { icon: "play", colour: "st-accent", words: task.cancel_requested ? gettext("Stopping") : gettext("Running") };
    case "succeeded": return { icon: "check", colour: "st-reviewed", words: gettext("Done") };
    case "failed": return { icon: "error", colour: "st-qa", words: gettext("Failed") };
    default: return { icon: "pause", colour: "faint", words: gettext("Cancelled") };
  }
}

const rows = (n) => fmt(ngettext("{n} row", "{n} rows", n), { n: number(n) });
const files = (n) => fmt(ngettext("{n} file", "{n} files", n), { n: number(n) });
const kept = (counts, names) => names.map(([name, pattern]) => (counts?.[name] ? fmt(pattern, { n: number(counts[name]) }) : "")).filter(Boolean).join(", ");

/** "212 new, 196 changed, 14 gone" of a comparison or what was applied of it. */
export function countsLine(counts) {
  return kept(counts, [["new", gettext("{n} new")], ["changed", gettext("{n} changed")], ["gone", gettext("{n} gone")], ["conflicting", gettext("{n} conflicting")]]) || gettext("nothing changed");
}

/** What came of a task that ended, in one line. */
export function outcome(task) {
  const result = task.result || {};
  if (task.status === "failed") return task.error || gettext("The task failed.");
  if (task.status === "cancelled") return gettext("Cancelled, nothing was changed.");
  if (task.status !== "succeeded") return task.step || "";
  switch (task.kind) {
    case "ldm.import": {
      const total = (result.files || []).reduce((sum, file) => sum + file.rows, 0);
      const wrong = (result.errors || []).length;
      return [files((result.files || []).length), rows(total), wrong ? fmt(ngettext("{n} not read", "{n} not read", wrong), { n: number(wrong) }) : ""].filter(Boolean).join(", ");
    }
    case "ldm.inspect": return [String(result.format || "").toUpperCase(), rows(result.total_segments || 0)].join(", ");
    case "ldm.reimport_plan": case "ldm.bilingual_plan": case "ldm.apply_plan": return countsLine(result.counts);
    case "ldm.download_file": return task.files.length ? bytes(task.files[0].size) : gettext("The file was removed after its time.");
    case "ldm.download_tree": return files(result.files || 0);
    case "ldm.revert": return rows(result.reverted || 0);
    case "ldm.pretranslate": return result.dry_run ? fmt(ngettext("{n} row could be filled", "{n} rows could be filled", result.filled), { n: number(result.filled) }) : fmt(ngettext("{n} row filled", "{n} rows filled", result.filled), { n: number(result.filled) });
    case "ldm.analysis": return files((result.files || []).length);
    case "ldm.index": return rows(result.rows || 0);
    case "ldm.copy": return files(result.files || 0);
    case "ldm.purge": return fmt(ngettext("{n} item", "{n} items", result.removed || 0), { n: number(result.removed || 0) });
    default: return "";
  }
}

/** What a figure of a task counts, as its details call it; the figure's own name where nobody has named it. */
export function countName(name) {
  switch (name) {
    case "new": return gettext("New");
    case "added": return gettext("Added");
    case "changed": return gettext("Changed");
    case "unchanged": return gettext("Unchanged");
    case "gone": return gettext("Gone");
    case "removed": return gettext("Removed");
    case "moved": return gettext("Moved");
    case "merged": return gettext("Merged");
    case "conflicting": return gettext("Conflicting");
    case "conflicts": return gettext("Conflicts");
    case "read": return gettext("Read");
    case "skipped": return gettext("Left out");
    case "refused": return gettext("Refused");
    case "filled": return gettext("Filled");
    case "rows": return gettext("Rows");
    case "files": return gettext("Files");
    case "findings": return gettext("Findings");
    case "recognised_by_key": return gettext("Recognised by key");
    case "recognised_by_key_and_source": return gettext("Recognised by key and source");
    case "recognised_by_source": return gettext("Recognised by source");
    case "translations_kept_by_source": return gettext("Translations kept by source");
    default: return name.replaceAll("_", " ");
  }
}

/** Where the result of a task is seen: {label, href}, or null. */
export function resultLink(task) {
  const { subject } = task;
  if (task.kind === "ldm.analysis" && task.status === "succeeded") return { label: gettext("Open"), href: `/analysis/${task.id}/` };
  if (task.status !== "succeeded" || !subject) return null;
  if (task.kind === "ldm.apply_plan" || task.kind === "ldm.revert") return { label: gettext("Changes"), href: `/files/${subject.id}/changes/?set=${task.result?.change_set ?? ""}` };
  if (task.kind === "ldm.pretranslate" && subject.kind === "file" && !task.result?.dry_run) return { label: gettext("Changes"), href: `/files/${subject.id}/changes/?set=${task.result?.files?.[0]?.change_set ?? ""}` };
  if (["ldm.import", "ldm.copy"].includes(task.kind)) return { label: gettext("Show"), href: `/${subject.kind}s/${subject.id}/` };
  return null;
}

/** 62 -> "1:02", 3725 -> "1:02:05" */
export function took(seconds) {
  const s = Math.max(0, Math.round(seconds));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(s / 3600);
  return hours ? `${hours}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

/** Seconds a task ran, or has run until now; null before its start. */
export function secondsOf(task, now = Date.now()) {
  if (!task.started_at) return null;
  const end = task.finished_at ? new Date(task.finished_at).getTime() : now;
  return (end - new Date(task.started_at).getTime()) / 1000;
}

/** Reading a file for a preview, and what the program does by itself, is no work to look back on, unless it failed and one looks for that. */
export function isPassing(task, filter = "") {
  if (task.status === "queued" || task.status === "running") return false;
  return (task.kind === "ldm.inspect" || Boolean(task.silent)) && !(filter === "failed" && task.status === "failed");
}
