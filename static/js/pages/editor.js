/** The editor of a file: the grid, its filter, the side panel, the keys, and what others save meanwhile. */

import { get } from "../core/api.js";
import { debounce, fill, h, icon, need } from "../core/dom.js";
import { gettext } from "../core/i18n.js";
import { page } from "../core/prefs.js";
import { Editing } from "../components/grid/editing.js";
import { Grid } from "../components/grid/grid.js";
import { toast, toastError } from "../components/toast.js";
import { Actions } from "./editor_actions.js";
import { attach as attachBulk } from "./editor_bulk.js";
import { attach as attachChecks } from "./editor_checks.js";
import { attach as attachComfort } from "./editor_comfort.js";
import { attach as attachConflicts } from "./editor_conflicts.js";
import { attach as attachDesktop } from "./editor_desktop.js";
import { FilterBar } from "./editor_filter.js";
import { bindKeys } from "./editor_keys.js";
import { MatchMarks } from "./editor_marks.js";
import { MemoryPanel } from "./editor_memory.js";
import { bindMemoryKeys } from "./editor_memory_keys.js";
import { Leases } from "./editor_lease.js";
import { LinkChip } from "./editor_link.js";
import { Live } from "./editor_live.js";
import { columnsMenu, rowMenu } from "./editor_menu.js";
import { attach as attachOvertaken } from "./editor_overtaken.js";
import { Presence } from "./editor_presence.js";
import { SidePanel } from "./editor_side.js";
import { FileStatus } from "./editor_status.js";

const host = need("#grid-host");
const fileId = Number(host.dataset.file);

/** A sentence in place of the grid, with one act. */
function showFault(error) {
  fill(host, h("div", { class: "empty" }, icon("warn"), h("p", null, error.message), h("button", { class: "btn", type: "button", onclick: () => location.reload() }, gettext("Try again"))));
}

async function start() {
  const asked = new URLSearchParams(location.search);
  const info = await get(`files/${fileId}`);
  const { file, languages } = info;
  const grid = new Grid({ root: host, fileId, label: file.name, languages, format: file.format, total: file.counts.rows });
  const status = new FileStatus(grid, info);
  const userId = page.user?.id ?? 0;
  const editing = new Editing(grid, { fileId, userId, mayEdit: file.may?.edit_rows !== false, onFile: (now) => status.setFile(now) });
  const marks = new MatchMarks(grid, fileId);
  const memory = new MemoryPanel(grid, editing, info, marks);
  const side = new SidePanel(grid, editing, info, memory);
  const filter = new FilterBar(grid, editing);
  filter.keepFilters(file.project_id);
  const actions = new Actions(grid, editing, side, filter, info);
  bindKeys({ grid, editing, side, filter, actions });
  bindMemoryKeys({ grid, side, memory, marks });
  need("#columns-menu").addEventListener("click", (event) => columnsMenu(grid, marks, event.currentTarget));
  grid.columns.element.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    columnsMenu(grid, marks, event, event.target.closest("[data-column]")?.dataset.column);
  });
  grid.addEventListener("menu", (event) => rowMenu(actions, event.detail.place));
  grid.addEventListener("limit", () => toast(gettext("At most 500 rows can be picked. Ctrl A chooses all rows of the filter."), { kind: "warn", id: "limit" }));
  grid.addEventListener("error", (event) => toastError(event.detail.error));
  const live = new Live({ grid, editing, status, fileId, revision: file.revision });
  const presence = new Presence({ grid, live, editing, userId });
  const leases = new Leases({ grid, live, editing, userId, people: presence.people });
  new LinkChip(live, editing);
  const editor = { fileId, info, grid, editing, status, marks, memory, side, filter, actions, live, presence, leases };
  for (const attach of [attachChecks, attachBulk, attachComfort, attachConflicts, attachDesktop, attachOvertaken]) attach(editor);
  await filter.applyAsked(asked);
  await goToAsked(grid, asked);
  grid.viewport.render();
  live.start();
  keepAddress(grid, filter);
}

/** The address names the row and the filter, so that a reload or a link comes back to them. */
function keepAddress(grid, filter) {
  const write = debounce(() => {
    const query = new URLSearchParams(filter.asQuery());
    const row = grid.row();
    if (row) query.set("row", String(row.id));
    const text = query.toString();
    history.replaceState(null, "", text ? `?${text}` : location.pathname);
  }, 400);
  grid.addEventListener("current", write);
  grid.addEventListener("view", () => {
    write();
    write.flush();
  });
}

/** ?row=ID or ?n=NUMBER opens the file there; else the first row has the cursor. */
async function goToAsked(grid, asked) {
  const query = asked.has("row") ? { row: asked.get("row") } : asked.has("n") ? { n: asked.get("n") } : null;
  let index = 0;
  if (query) {
    try {
      index = await grid.locate(query);
    } catch (error) {
      // A filtered address may name a row that the filter hides by now.
      if (error.code !== "not_in_view") toastError(error);
    }
  }
  if (grid.windows.total) grid.goTo(index, { focus: document.activeElement === document.body });
}

start().catch((error) => {
  if (error?.name !== "ApiError") console.error(error);
  showFault(error?.name === "ApiError" ? error : { message: gettext("The editor could not start. Nothing was lost.") });
});
