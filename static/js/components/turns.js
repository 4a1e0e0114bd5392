/** Acts of a page, one after the other: none is lost, and what goes wrong is said. */

import { announce } from "../core/focus.js";
import { toast, toastError } from "./toast.js";

export class Turns {
  constructor() {
    this.last = Promise.resolve();
  }

  /** Do it when what came before is done. @returns {Promise<any>} undefined where it went wrong */
  run(work) {
    const done = this.last.then(work).catch((error) => {
      toastError(error);
      return undefined;
    });
    this.last = done;
    return done;
  }

  /** Say why something cannot be done. */
  refuse(reason) {
    toast(reason, { kind: "warn", id: "refused" });
    announce(reason, true);
  }
}
