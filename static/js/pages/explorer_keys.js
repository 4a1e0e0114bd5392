/** The keys of the explorer. They work in the list and in the tree. */

import { need } from "../core/dom.js";
import { gettext } from "../core/i18n.js";
import { bind, describe } from "../core/keyboard.js";
import { openAnalysis } from "./analysis_start.js";
import { openPretranslate } from "./pretranslate.js";

/** @param {Explorer} explorer */
export function bindKeys(explorer) {
  const { acts, dialogs } = explorer;
  const group = gettext("Explorer");
  const inBin = () => explorer.place.kind === "trash" && !explorer.inTree();
  const here = () => !inBin();
  const one = () => here() && acts.subject().length === 1;
  const some = () => here() && acts.subject().length > 0;
  const holds = () => here() && (explorer.node?.kind === "project" || explorer.node?.kind === "folder");
  const asked = () => some() && acts.subject().every((node) => node.kind !== "platform" && !node.away);
  const file = () => one() && acts.subject()[0].kind === "file" && !acts.subject()[0].away;
  /** The project that is chosen, or the one that is open; null elsewhere. */
  const projectOf = () => {
    const node = acts.subject()[0] || explorer.node;
    if (!node || node.away) return null;
    return node.kind === "project" ? node.id : (node.project_id ?? null);
  };
  describe([
    { id: "explorer.open", label: gettext("Open"), group, keys: ["Enter"] },
    { id: "explorer.menu", label: gettext("Menu"), group, keys: ["Shift+F10"] },
    { id: "explorer.all", label: gettext("Select all"), group, keys: ["Ctrl+KeyA"] },
    { id: "explorer.extend", label: gettext("Select a range"), group, keys: ["Shift+ArrowDown"] },
    { id: "explorer.beside", label: gettext("Open all branches beside, in the tree"), group, keys: ["char:*"] },
  ]);
  // Acts start and answer at once: a press is used up whatever comes of it.
  const act = (work) => () => {
    work();
    return true;
  };
  bind(need("#main"), [
    { id: "explorer.up", label: gettext("Up one level"), group, keys: ["Backspace", "Alt+ArrowUp"], icon: "up", when: () => explorer.place.kind !== "root", run: act(() => acts.up()) },
    { id: "explorer.rename", label: gettext("Rename"), group, keys: ["F2"], icon: "pencil", when: one, run: act(() => acts.rename()) },
    { id: "explorer.bin", label: gettext("Move to recycle bin"), group, keys: ["Delete"], icon: "trash", when: some, run: act(() => acts.toBin()) },
    { id: "explorer.cut", label: gettext("Cut"), group, keys: ["Ctrl+KeyX"], icon: "cut", when: some, run: act(() => acts.cut()) },
    { id: "explorer.copy", label: gettext("Copy"), group, keys: ["Ctrl+KeyC"], icon: "copy", when: some, run: act(() => acts.copy()) },
    { id: "explorer.paste", label: gettext("Paste"), group, keys: ["Ctrl+KeyV"], icon: "paste", when: () => here() && Boolean(acts.clipboard), run: act(() => acts.paste()) },
    { id: "explorer.undo", label: gettext("Undo"), group, keys: ["Ctrl+KeyZ"], icon: "undo", run: act(() => acts.undo()) },
    { id: "explorer.redo", label: gettext("Redo"), group, keys: ["Ctrl+KeyY", "Ctrl+Shift+KeyZ"], icon: "redo", run: act(() => acts.redo()) },
    { id: "explorer.import", label: gettext("Import files…"), group, keys: ["Ctrl+KeyI"], icon: "upload", when: holds, run: act(() => dialogs.importInto(explorer.node)) },
    { id: "explorer.new-folder", label: gettext("New folder…"), group, keys: ["Alt+KeyN"], icon: "folder", when: holds, run: act(() => dialogs.newFolder(explorer.node)) },
    { id: "explorer.new-project", label: gettext("New project…"), group, keys: [], icon: "project", when: () => Boolean(explorer.may?.create_project) && (explorer.place.kind === "root" || explorer.place.kind === "platform"), run: act(() => dialogs.newProject(explorer.node)) },
    { id: "explorer.new-platform", label: gettext("New platform…"), group, keys: [], icon: "platform", when: () => Boolean(explorer.may?.create_platform) && explorer.place.kind === "root", run: act(() => dialogs.newPlatform()) },
    { id: "explorer.changes", label: gettext("Changes of the file"), group, keys: ["Alt+KeyH"], icon: "history", when: file, run: act(() => location.assign(`/files/${acts.subject()[0].id}/changes/`)) },
    { id: "explorer.pretranslate", label: gettext("Pretranslate…"), group, keys: [], icon: "memory", when: asked, run: act(() => openPretranslate(acts.subject(), () => explorer.reload())) },
    { id: "explorer.analyse", label: gettext("Analyse…"), group, keys: [], icon: "chart", when: asked, run: act(() => openAnalysis(acts.subject())) },
    { id: "explorer.settings", label: gettext("Codes, checks and length of the project…"), group, keys: [], icon: "settings", when: () => here() && projectOf() !== null, run: act(() => location.assign(`/projects/${projectOf()}/settings/`)) },
    { id: "explorer.details", label: gettext("Details"), group, keys: ["Alt+Enter"], icon: "info", when: one, run: act(async () => dialogs.details((await acts.whole(acts.subject()))[0])) },
    { id: "explorer.tree", label: gettext("Places"), group, keys: ["Ctrl+KeyB"], icon: "panel", run: act(() => explorer.showTree()) },
    { id: "explorer.refresh", label: gettext("Refresh"), group, keys: ["F5"], icon: "sync", run: act(() => explorer.reload()) },
    { id: "explorer.trash", label: gettext("Recycle bin"), group, keys: [], icon: "trash", run: act(() => explorer.go({ kind: "trash", id: null })) },
    { id: "explorer.clear", label: gettext("Clear clipboard and selection"), group, keys: ["Escape"], palette: false, run: () => {
      if (acts.clearClipboard()) return true;
      if (!here() || !explorer.list.chosen().length) return false;
      explorer.list.picks.none();
      explorer.list.paint();
      explorer.drawStatus();
      return true;
    } },
  ]);
}
