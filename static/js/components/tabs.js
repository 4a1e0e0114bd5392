/** Tabs after the ARIA pattern: arrows move and choose, one tab stop. */

/**
 * @param {HTMLElement} list element with role=tablist, its tabs have aria-controls
 * @param {(tab: HTMLElement) => void} onChange
 * @returns {{choose: (idOrIndex: string|number, focus?: boolean) => void, current: () => HTMLElement|null}}
 */
export function makeTabs(list, onChange) {
  const tabs = () => [...list.querySelectorAll('[role="tab"]')].filter((tab) => !tab.hidden);
  const choose = (which, focus = false) => {
    const all = tabs();
    const chosen = typeof which === "number" ? all[which] : all.find((tab) => tab.id === which);
    if (!chosen) return;
    for (const tab of all) {
      const on = tab === chosen;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      const panel = document.getElementById(tab.getAttribute("aria-controls") || "");
      if (panel) panel.hidden = !on;
    }
    if (focus) chosen.focus();
    onChange(chosen);
  };
  list.addEventListener("click", (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) choose(tab.id);
  });
  list.addEventListener("keydown", (event) => {
    const all = tabs();
    const here = all.indexOf(document.activeElement);
    const rtl = getComputedStyle(list).direction === "rtl" ? -1 : 1;
    const steps = { ArrowRight: rtl, ArrowLeft: -rtl };
    if (event.code in steps) choose((here + steps[event.code] + all.length) % all.length, true);
    else if (event.code === "Home") choose(0, true);
    else if (event.code === "End") choose(all.length - 1, true);
    else return;
    event.preventDefault();
  });
  return { choose, current: () => tabs().find((tab) => tab.getAttribute("aria-selected") === "true") || null };
}
