/** What others save: asked for every five seconds while the page is looked at. */

import { get } from "../core/api.js";

const EVERY = 5000;

/**
 * @param {Grid} grid
 * @param {Editing} editing
 * @param {{setFile: (file: any) => void}} status
 */
export function follow(grid, editing, status, fileId) {
  let timer = 0;
  let since = 0;
  let busy = false;
  const next = () => {
    clearTimeout(timer);
    timer = setTimeout(look, EVERY);
  };
  const look = async () => {
    if (document.hidden || busy) return;
    // Nothing was shown yet: the first window brings the revision to start from.
    since ||= grid.windows.revision;
    if (!since && !grid.windows.total) return next();
    busy = true;
    try {
      let more = true;
      while (more) {
        const answer = await get(`files/${fileId}/changes`, { query: { since, limit: 500 } });
        since = answer.revision;
        more = answer.more;
        editing.applyRemote(answer.rows);
        if (answer.counts) status.setFile({ counts: answer.counts });
        takeTotal(answer);
      }
    } catch {
      // The next look tries again; saving says when the server is away.
    } finally {
      busy = false;
    }
    return next();
  };
  const takeTotal = (answer) => {
    const total = answer.total ?? grid.options.total;
    const moved = answer.rows.some((row) => row.removed || grid.row(grid.windows.indexOf(row.id))?.n !== undefined && grid.row(grid.windows.indexOf(row.id)).n !== row.n);
    if (total !== grid.options.total || moved) grid.reload(total);
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
  document.addEventListener("locanext:task-ended", look);
  next();
  return { look };
}
