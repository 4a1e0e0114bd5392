/** Whether a key is being held down: rows that only pass by are not asked about. */

let held = false;

globalThis.document?.addEventListener("keydown", (event) => { held = event.repeat; }, true);
globalThis.document?.addEventListener("keyup", () => { held = false; }, true);
globalThis.addEventListener?.("blur", () => { held = false; });

export const isHeld = () => held;
