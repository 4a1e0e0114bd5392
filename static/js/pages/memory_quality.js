/** The Quality tab of a memory: how its matches were used and how long look-ups took. */

export class Quality {
  /** @param {HTMLElement} host the panel to fill */
  constructor(host) {
    this.host = host;
    /** Whether there is something to show: the tab is hidden without. */
    this.isReady = false;
  }

  /** Show the figures of a memory. @param {any} _memory as the API gives it */
  show(_memory) {
    this.host.replaceChildren();
  }
}
