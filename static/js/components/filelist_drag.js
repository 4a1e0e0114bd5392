/** Dragging items of a list away, and dropping things on its rows or its background. */

/** @param {FileList} list */
export function listenDrag(list) {
  const { element, options } = list;
  const clear = () => {
    element.classList.remove("is-drop");
    for (const row of element.querySelectorAll(".list-row.is-drop")) row.classList.remove("is-drop");
  };
  const targetOf = (event) => {
    const item = list.itemAt(event.target);
    return item && options.takes?.(item) ? item : null;
  };
  element.addEventListener("dragstart", (event) => {
    const item = list.itemAt(event.target);
    if (!item || !options.drag) return;
    if (!list.picks.has(options.keyOf(item))) {
      list.picks.only(options.keyOf(item));
      options.changed();
    }
    list.pressed = "";
    options.drag(list.chosen(), event);
  });
  element.addEventListener("dragover", (event) => {
    const target = targetOf(event);
    clear();
    if (!options.accepts?.(target, event)) return;
    event.preventDefault();
    if (target) element.querySelector(`[data-key="${CSS.escape(options.keyOf(target))}"]`)?.classList.add("is-drop");
    else element.classList.add("is-drop");
  });
  element.addEventListener("dragleave", (event) => {
    if (!element.contains(event.relatedTarget)) clear();
  });
  element.addEventListener("dragend", clear);
  element.addEventListener("drop", (event) => {
    const target = targetOf(event);
    clear();
    if (!options.accepts?.(target, event)) return;
    event.preventDefault();
    options.drop?.(target, event);
  });
}
