/** A row of exclusive choices (role=radiogroup): arrows move and choose, one tab stop. */

/**
 * @param {HTMLElement} group its buttons have role=radio and data-value
 * @param {(value: string) => void} onChange
 * @returns {{value: () => string, set: (value: string) => void}}
 */
export function makeSegment(group, onChange) {
  const buttons = () => /** @type {HTMLElement[]} */ ([...group.querySelectorAll("[role=radio]")]);
  const set = (value) => {
    for (const button of buttons()) {
      const on = button.dataset.value === value;
      button.setAttribute("aria-checked", String(on));
      button.tabIndex = on ? 0 : -1;
    }
  };
  const choose = (button) => {
    set(button.dataset.value || "");
    button.focus();
    onChange(button.dataset.value || "");
  };
  group.addEventListener("click", (event) => {
    const button = event.target.closest("[role=radio]");
    if (button) choose(button);
  });
  group.addEventListener("keydown", (event) => {
    const all = buttons();
    const here = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.code];
    if (!step || here < 0) return;
    choose(all[(here + step + all.length) % all.length]);
    event.preventDefault();
  });
  return { value: () => buttons().find((button) => button.getAttribute("aria-checked") === "true")?.dataset.value || "", set };
}
