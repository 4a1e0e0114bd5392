/** Names of kinds and formats, and why something may not be done. */

import { fmt, gettext, ngettext } from "../core/i18n.js";
import { page } from "../core/prefs.js";
import { whyNotHere } from "./explorer_here_words.js";

/** @param {string} kind */
export function kindName(kind) {
  switch (kind) {
    case "platform": return gettext("Platform");
    case "project": return gettext("Project");
    case "folder": return gettext("Folder");
    case "file": return gettext("File");
    default: return kind;
  }
}

/** @param {string} format */
export function formatName(format) {
  switch (format) {
    case "xml": return "XML";
    case "xlsx": return gettext("Excel workbook");
    case "csv": return "CSV";
    case "txt": return gettext("Tab-separated text");
    case "json": return "JSON";
    case "po": return gettext("PO catalogue");
    case "properties": return gettext("Properties file");
    default: return format;
  }
}

const leads = () => gettext("Only leads may do this.");

/** Why a person may not do something to a node; undefined when they may. @param {any} node @param {string} what */
export function whyNot(node, what) {
  if (!node || node.may?.[what]) return undefined;
  const why = page.desktop && node.may && whyNotHere(node, what);
  if (why) return why;
  if (what === "delete" && node.kind === "platform") return gettext("Deleting platforms takes a permission that you do not have. Ask a lead.");
  if (what === "delete" && node.kind === "project") return gettext("Deleting projects takes a permission that you do not have. Ask a lead.");
  if (what === "move" && node.kind === "platform") return gettext("A platform stays at the top.");
  if (what === "copy" && node.kind === "platform") return gettext("A platform cannot be copied.");
  if (node.may && what in node.may) return leads();
  if (what === "import" || what === "create_folder") return gettext("This goes into a project or a folder.");
  if (what === "download") return gettext("Download a project or a folder of it.");
  return leads();
}

/** The first reason among several nodes. */
export const whyNotAll = (nodes, what) => nodes.map((node) => whyNot(node, what)).find(Boolean);

/** "3 files", "2 folders", "4 items" of what is chosen. */
export function countOf(nodes) {
  const n = nodes.length;
  const kinds = new Set(nodes.map((node) => node.kind));
  const kind = kinds.size === 1 ? nodes[0].kind : "";
  if (kind === "file") return fmt(ngettext("{n} file", "{n} files", n), { n });
  if (kind === "folder") return fmt(ngettext("{n} folder", "{n} folders", n), { n });
  if (kind === "project") return fmt(ngettext("{n} project", "{n} projects", n), { n });
  if (kind === "platform") return fmt(ngettext("{n} platform", "{n} platforms", n), { n });
  return fmt(ngettext("{n} item", "{n} items", n), { n });
}

/** The question before something goes to the recycle bin. */
export function binQuestion(nodes) {
  const n = nodes.length;
  const kinds = new Set(nodes.map((node) => node.kind));
  const kind = kinds.size === 1 ? nodes[0].kind : "";
  if (n === 1) return { title: fmt(gettext("Move {name} to the recycle bin?"), { name: nodes[0].name }), text: gettext("It stays there for 30 days.") };
  const text = gettext("They stay there for 30 days.");
  if (kind === "file") return { title: fmt(ngettext("Move {n} file to the recycle bin?", "Move {n} files to the recycle bin?", n), { n }), text };
  if (kind === "folder") return { title: fmt(ngettext("Move {n} folder to the recycle bin?", "Move {n} folders to the recycle bin?", n), { n }), text };
  return { title: fmt(ngettext("Move {n} item to the recycle bin?", "Move {n} items to the recycle bin?", n), { n }), text };
}
