/** Where the keyboard is: panes to step through, and focus that comes back. */

const FOCUSABLE = 'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [tabindex]:not([tabindex="-1"]), [contenteditable="true"]';
const last = new WeakMap();

/** The first element below `root` that the keyboard can reach. */
export function firstFocusable(root) {
  if (root.matches?.('[tabindex="0"]')) return root;
  return [...root.querySelectorAll(FOCUSABLE)].find((element) => element.offsetParent !== null) || null;
}

globalThis.document?.addEventListener("focusin", (event) => {
  const pane = event.target instanceof Element ? event.target.closest("[data-pane]") : null;
  if (pane) last.set(pane, event.target);
});

/** Move to the next (1) or previous (-1) pane: an element with `data-pane`. Returns false without one. */
export function stepPane(direction) {
  const panes = [...document.querySelectorAll("[data-pane]")].filter((pane) => pane.getClientRects().length);
  if (!panes.length) return false;
  const here = panes.indexOf(document.activeElement?.closest("[data-pane]"));
  for (let step = 1; step <= panes.length; step += 1) {
    const pane = panes[(here + direction * step + panes.length * 2 + (here < 0 && direction < 0 ? 1 : 0)) % panes.length];
    const before = last.get(pane);
    const target = before?.isConnected && before.offsetParent !== null ? before : firstFocusable(pane);
    if (target) {
      target.focus();
      return true;
    }
  }
  return false;
}

/**
 * Remember the focused element; the returned function gives the focus back where that is still possible.
 * With `unlessTaken` it leaves the focus where somebody has put it meanwhile: a dialog tells of its closing only later.
 */
export function rememberFocus() {
  const element = document.activeElement;
  return ({ unlessTaken = false } = {}) => {
    const now = document.activeElement;
    if (unlessTaken && now && now !== document.body) return;
    if (element instanceof HTMLElement && element.isConnected && element !== document.body) element.focus({ preventScroll: true });
  };
}

/** Say something to a screen reader: politely, or at once for a refusal. */
export function announce(text, assertive = false) {
  const region = document.getElementById(assertive ? "live-assertive" : "live-polite");
  if (!region) return;
  region.textContent = "";
  // A region that is emptied and filled in one step is not read again when the words are the same.
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}
