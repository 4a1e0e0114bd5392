/** The context menus of the explorer: open, get, work, clipboard, delete last and red. */

import { gettext } from "../core/i18n.js";
import { keyOf as keyOfCommand } from "../core/keyboard.js";
import { page } from "../core/prefs.js";
import { openMenu, separator } from "../components/menu.js";
import { download } from "../components/download.js";
import { openAnalysis } from "./analysis_start.js";
import { STORAGE_ID, whyNotHere } from "./explorer_here_words.js";
import { registerAsMemory } from "./explorer_memory.js";
import { uploadDialog } from "./explorer_upload.js";
import { whyNot, whyNotAll } from "./explorer_words.js";
import { openPretranslate } from "./pretranslate.js";

const key = (name) => keyOfCommand(`explorer.${name}`);

/** Why nothing can be asked of nodes some of which only the server has; undefined where all are here. */
const onlyThere = (nodes) => (nodes.some((node) => node.away) ? whyNotHere({ away: true }) : undefined);

function downloads(node) {
  const disabled = whyNot(node, "download");
  const one = (label, options) => ({ label, icon: "download", disabled, run: () => download(node, options) });
  return {
    label: gettext("Download"), icon: "download", disabled,
    items: [
      one(gettext("Original format"), { format: "original" }),
      one(gettext("Confirmed and better only"), { format: "original", status: "confirmed" }),
      one(gettext("Bilingual sheet"), { format: "bilingual" }),
      node.kind === "file" && node.siblings > 0 && one(gettext("All languages"), { format: "original", all_languages: true }),
    ],
  };
}

function imports(explorer, node) {
  const disabled = whyNot(node, "import");
  return [
    { label: gettext("Import files…"), icon: "upload", key: node === explorer.node ? key("import") : "", disabled, run: () => explorer.dialogs.importInto(node) },
    { label: gettext("Import a folder…"), icon: "folder", disabled, run: () => explorer.dialogs.importInto(node, true) },
  ];
}

function makes(explorer, node) {
  const { dialogs } = explorer;
  if (!node) {
    const lead = (name) => (explorer.may?.[name] ? undefined : (page.desktop && whyNotHere({ kind: "platform", id: 1 }, "create_project")) || gettext("Only leads may do this."));
    return [
      { label: gettext("New platform…"), icon: "platform", disabled: lead("create_platform"), run: () => dialogs.newPlatform() },
      { label: gettext("New project…"), icon: "project", disabled: lead("create_project"), run: () => dialogs.newProject(null) },
    ];
  }
  if (node.kind === "platform") return [{ label: gettext("New project…"), icon: "project", disabled: whyNot(node, "create_project"), run: () => dialogs.newProject(node) }];
  return [{ label: gettext("New folder…"), icon: "folder", key: node === explorer.node ? key("new-folder") : "", disabled: whyNot(node, "create_folder"), run: () => dialogs.newFolder(node) }];
}

function fileWork(explorer, node) {
  const { dialogs } = explorer;
  return [
    { label: gettext("Changes"), icon: "history", key: key("changes"), disabled: onlyThere([node]), run: () => location.assign(`/files/${node.id}/changes/`) },
    { label: gettext("Assign…"), icon: "user", disabled: whyNot(node, "assign"), run: () => dialogs.assign([node]) },
    { label: gettext("Due date…"), icon: "clock", disabled: whyNot(node, "assign"), run: () => dialogs.dueDate([node]) },
    { label: gettext("Register as memory…"), icon: "memory", disabled: onlyThere([node]), run: () => registerAsMemory(node) },
  ];
}

const clipboard = (acts, nodes, explorer) => [
  { label: gettext("Cut"), icon: "cut", key: key("cut"), disabled: whyNotAll(nodes, "move"), run: () => acts.cut() },
  { label: gettext("Copy"), icon: "copy", key: key("copy"), disabled: whyNotAll(nodes, "copy"), run: () => acts.copy() },
  acts.clipboard && nodes.length === 1 && nodes[0].kind !== "file" && { label: gettext("Paste into it"), icon: "paste", disabled: acts.whyNotInto(acts.clipboard.nodes, nodes[0]), run: () => acts.paste(nodes[0]) },
  nodes.length === 1 && { label: gettext("Rename"), icon: "pencil", key: key("rename"), disabled: whyNot(nodes[0], "rename"), run: () => explorer.acts.rename() },
  nodes.length === 1 && { label: gettext("Copy link"), icon: "link", run: () => acts.copyLink(nodes[0]) },
];

const bin = (acts, nodes) => ({ label: gettext("Move to recycle bin"), icon: "trash", key: key("bin"), danger: true, disabled: whyNotAll(nodes, "delete"), run: () => acts.toBin() });

/** What a desktop does with the server: for things of the server, things of its own, and in any place. */
function withServer(explorer, nodes) {
  const { here } = explorer;
  if (!here.isLinked) return [];
  const reached = here.isOnline ? undefined : gettext("The server is not reached at the moment.");
  if (nodes.every((node) => node.id > 0)) {
    const kept = nodes.map((node) => node.here?.subscribed);
    return [{
      label: gettext("This PC"), icon: "pc",
      items: [
        { label: gettext("Download to this PC"), icon: "download", disabled: reached, run: () => here.download(nodes) },
        !kept.every(Boolean) && { label: gettext("Keep in sync"), icon: "sync", disabled: reached, run: () => here.keep(nodes) },
        // Of a folder that is here it is not known, until the server was asked, whether it is kept.
        kept.some((one) => one !== false) && { label: gettext("Stop keeping in sync"), icon: "close", run: () => here.stop(nodes) },
        separator,
        { label: gettext("Sync now"), icon: "sync", disabled: reached, run: () => here.syncNow() },
      ].filter(Boolean),
    }];
  }
  const [node] = nodes;
  if (nodes.length !== 1 || node.id === STORAGE_ID || !["file", "folder"].includes(node.kind)) return [];
  return [{ label: gettext("Upload to the server…"), icon: "upload", disabled: reached, run: () => uploadDialog(node) }];
}

/** What asks the memories about whole files. */
const asks = (explorer, nodes) => [
  { label: gettext("Pretranslate…"), icon: "memory", disabled: onlyThere(nodes) || (nodes.every((node) => node.kind === "file") ? whyNotAll(nodes, "edit_rows") : undefined), run: () => openPretranslate(nodes, () => explorer.reload()) },
  { label: gettext("Analyse…"), icon: "chart", disabled: onlyThere(nodes), run: () => openAnalysis(nodes) },
];

/** The menu of one or several nodes. */
export function nodesMenu(explorer, nodes, place) {
  const { acts, dialogs } = explorer;
  const [node] = nodes;
  const one = nodes.length === 1;
  const files = nodes.every((each) => each.kind === "file");
  const holds = node.kind === "project" || node.kind === "folder";
  openMenu(
    [
      one && { label: gettext("Open"), icon: node.kind === "file" ? "ext" : node.kind, key: key("open"), run: () => acts.open(node) },
      one && node.kind !== "platform" && downloads(node),
      one && node.kind === "file" && { label: gettext("Import new version…"), icon: "upload", disabled: whyNot(node, "import"), run: () => location.assign(`/files/${node.id}/new-version/`) },
      one && node.kind === "file" && { label: gettext("Take bilingual sheet back…"), icon: "file-sheet", disabled: whyNot(node, "edit_rows"), run: () => location.assign(`/files/${node.id}/bilingual/`) },
      ...(one && holds ? imports(explorer, node) : []),
      ...withServer(explorer, nodes),
      separator,
      ...(one && node.kind !== "file" ? makes(explorer, node) : []),
      ...(one && node.kind === "file" ? fileWork(explorer, node) : []),
      ...(nodes.every((each) => each.kind !== "platform") ? asks(explorer, nodes) : []),
      !one && files && { label: gettext("Assign…"), icon: "user", disabled: whyNotAll(nodes, "assign"), run: () => dialogs.assign(nodes) },
      !one && files && { label: gettext("Due date…"), icon: "clock", disabled: whyNotAll(nodes, "assign"), run: () => dialogs.dueDate(nodes) },
      one && node.kind === "project" && { label: gettext("Languages…"), icon: "globe", disabled: whyNot(node, "edit"), run: () => dialogs.languages(node) },
      one && node.kind === "project" && { label: gettext("Codes, checks and length…"), icon: "settings", disabled: onlyThere([node]), run: () => location.assign(`/projects/${node.id}/settings/`) },
      one && (node.kind === "project" || node.kind === "platform") && { label: gettext("Manage access…"), icon: "users", disabled: whyNot(node, "manage_access"), run: () => dialogs.access(node) },
      one && { label: gettext("Details"), icon: "info", key: key("details"), run: () => dialogs.details(node) },
      separator,
      ...clipboard(acts, nodes, explorer),
      separator,
      bin(acts, nodes),
    ],
    place,
    { label: one ? node.name : gettext("What is chosen") },
  );
}

/** The menu of the background: what can be made or brought here. */
export function backgroundMenu(explorer, place) {
  const { acts, node } = explorer;
  const holds = node && node.kind !== "platform";
  openMenu(
    [
      ...(holds ? imports(explorer, node) : []),
      holds && downloads(node),
      separator,
      ...makes(explorer, node),
      separator,
      acts.clipboard && { label: gettext("Paste"), icon: "paste", key: key("paste"), disabled: acts.whyNotInto(acts.clipboard.nodes, node), run: () => acts.paste(node) },
      { label: gettext("Undo"), icon: "undo", key: key("undo"), disabled: acts.steps.canUndo ? undefined : gettext("There is nothing to undo."), run: () => acts.undo() },
      { label: gettext("Redo"), icon: "redo", key: key("redo"), disabled: acts.steps.canRedo ? undefined : gettext("There is nothing to do again."), run: () => acts.redo() },
      separator,
      explorer.here.isLinked && { label: gettext("Sync now"), icon: "sync", disabled: explorer.here.isOnline ? undefined : gettext("The server is not reached at the moment."), run: () => explorer.here.syncNow() },
      node && { label: gettext("Details"), icon: "info", run: () => explorer.dialogs.details(node) },
      { label: gettext("Refresh"), icon: "sync", key: key("refresh"), run: () => explorer.reload() },
    ],
    place,
    { label: node?.name || gettext("Files") },
  );
}

/** The menu of a node of the tree. */
export async function treeMenu(explorer, treeNode, place) {
  const { data } = treeNode;
  if (data.kind === "trash") {
    openMenu(
      [
        { label: gettext("Open"), icon: "trash", run: () => explorer.go({ kind: "trash", id: null }) },
        separator,
        { label: gettext("Empty recycle bin…"), icon: "trash", danger: true, disabled: explorer.may?.empty_trash ? undefined : gettext("Deleting for ever takes a permission that you do not have. Ask a lead."), run: () => explorer.bin.emptyAll() },
      ],
      place,
      { label: treeNode.name },
    );
    return;
  }
  // Where the pointer was is gone once the answer is here: keep the numbers.
  const at = place instanceof Element ? place : { left: place.clientX, right: place.clientX, top: place.clientY, bottom: place.clientY };
  const nodes = await explorer.acts.run(() => explorer.acts.whole([data]));
  if (nodes) nodesMenu(explorer, nodes, at);
}
