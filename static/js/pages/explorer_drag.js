/** Dragging in the explorer: items onto folders and places, files from outside into them. */

import { gettext } from "../core/i18n.js";
import { toastError } from "../components/toast.js";
import { carriesFiles, droppedFiles } from "../components/upload.js";
import { whyNot } from "./explorer_words.js";
import { sendAndOpen } from "./import_start.js";

const TYPE = "application/x-locanext-items";

/** @param {Explorer} explorer */
export function dragging(explorer) {
  /** @type {any[]} */
  let carried = [];
  // A drop beside the lists must not make the browser leave the page and show the file.
  for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => {
      if (carriesFiles(event) && !event.defaultPrevented) {
        event.preventDefault();
        event.dataTransfer.dropEffect = "none";
      }
    });
  }
  return {
    start(nodes, event) {
      carried = nodes;
      event.dataTransfer.effectAllowed = "copyMove";
      event.dataTransfer.setData(TYPE, String(nodes.length));
      event.dataTransfer.setData("text/plain", nodes.map((node) => node.name).join("\n"));
    },

    /** Whether something may be dropped on a node (null: the top). */
    accepts(node, event) {
      if (carriesFiles(event)) {
        event.dataTransfer.dropEffect = "copy";
        return true;
      }
      if (!event.dataTransfer.types.includes(TYPE) || !carried.length) return false;
      if (node?.kind === "trash") {
        event.dataTransfer.dropEffect = "move";
        return true;
      }
      const copying = event.ctrlKey || event.metaKey;
      if (explorer.acts.whyNotInto(carried, node, copying)) return false;
      event.dataTransfer.dropEffect = copying ? "copy" : "move";
      return true;
    },

    async drop(node, event) {
      if (carriesFiles(event)) {
        const found = droppedFiles(event.dataTransfer);
        if (!node || node.kind === "trash" || node.kind === "platform") {
          explorer.acts.refuse(gettext("Files go into a project or a folder."));
          return;
        }
        try {
          const [into] = await explorer.acts.whole([node]);
          const why = whyNot(into, "import");
          if (why) explorer.acts.refuse(why);
          else {
            const files = await found;
            if (files.length) await sendAndOpen(files, into);
            else explorer.acts.refuse(gettext("There was no file in what you dropped."));
          }
        } catch (error) {
          toastError(error);
        }
        return;
      }
      const nodes = carried;
      carried = [];
      if (node?.kind === "trash") await explorer.acts.toBin();
      else await explorer.acts.put(nodes, node, event.ctrlKey || event.metaKey);
    },
  };
}
