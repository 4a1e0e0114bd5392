/**
 * What others save, as it happens: through the file's socket, and by asking now and then whether or not there is one.
 * Without any socket the page asks every five seconds; with one every thirty, in case frames were lost.
 */

import { get } from "../core/api.js";
import { LiveSocket, socketAddress } from "../core/socket.js";
import { ChangesCursor } from "./editor_cursor.js";

const ASK_MS = 5000;
const ASK_WITH_SOCKET_MS = 30_000;

export class Live extends EventTarget {
  /**
   * Events: "state" {state, reached}, "frame:TYPE" {frame} for every frame that is not about rows.
   * @param {{grid: Grid, editing: Editing, status: {setFile: (file: any) => void}, fileId: number, revision: number}} parts
   */
  constructor({ grid, editing, status, fileId, revision }) {
    super();
    Object.assign(this, { grid, editing, status, fileId });
    this.timer = 0;
    /** The name of this window among those of the file, while there is a socket. */
    this.connection = "";
    /** Whether the server answered the last question. */
    this.reached = true;
    this.generation = 0;
    this.cursor = new ChangesCursor({
      since: revision,
      fetch: (since) => get(`files/${fileId}/changes`, { query: { since, limit: 500 } }),
      apply: (answer) => this.apply(answer),
      everything: () => this.fetchEverything(),
    });
    this.socket = new LiveSocket({
      url: socketAddress(fileId),
      hello: () => ({ type: "join", file: fileId, since: this.cursor.since }),
      welcome: "joined",
      onFrame: (frame) => this.onFrame(frame),
      onState: (state) => this.onState(state),
    });
    this.look = this.look.bind(this);
  }

  get isOpen() {
    return this.socket.state === "open";
  }

  start() {
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) clearTimeout(this.timer);
      else this.wake();
    });
    document.addEventListener("locanext:task-ended", this.look);
    addEventListener("online", () => this.wake());
    addEventListener("pagehide", () => this.socket.close());
    // A page that comes back from the browser's cache goes on as if it had been hidden.
    addEventListener("pageshow", (event) => event.persisted && this.wake());
    this.socket.open();
    this.plan();
  }

  /** Send a frame, if there is a socket. @returns {boolean} */
  send(frame) {
    return this.socket.send(frame);
  }

  wake() {
    if (this.socket.state === "closed") this.socket.open();
    else this.socket.hurry();
    this.look();
  }

  /** Ask for changes now. Never throws: the next time asks again. */
  async look() {
    clearTimeout(this.timer);
    try {
      await this.cursor.look();
      this.setReached(true);
    } catch (error) {
      this.setReached(!error?.isTemporary);
    }
    this.plan();
  }

  plan() {
    clearTimeout(this.timer);
    if (document.hidden) return;
    this.timer = setTimeout(this.look, this.isOpen ? ASK_WITH_SOCKET_MS : ASK_MS);
  }

  setReached(reached) {
    if (reached) this.editing.saving.delivery.retry();
    if (reached === this.reached) return;
    this.reached = reached;
    this.tell("state");
  }

  tell(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  onState(state) {
    if (state !== "open") this.connection = "";
    else this.setReached(true);
    this.plan();
    this.tell("state");
  }

  onFrame(frame) {
    switch (frame.type) {
      case "joined":
        this.connection = frame.connection;
        this.takeGeneration(frame.generation);
        this.cursor.hint(frame.revision);
        break;
      case "changes":
        this.cursor.take(frame);
        return;
      case "hint":
        this.cursor.hint(frame.revision);
        return;
      case "resync":
        // The outbox ran over: frames are missing, the cursor knows from where.
        this.look();
        return;
      default:
    }
    this.tell(`frame:${frame.type}`, { frame });
  }

  /** Rows, counts and the number of rows, of a frame or an answer. */
  apply({ rows, counts, total, generation }) {
    const moved = rows.some((row) => this.isElsewhere(row));
    this.editing.applyRemote(rows);
    if (counts) this.status.setFile({ counts });
    const all = total ?? this.grid.options.total;
    if (moved || all !== this.grid.options.total) this.reload(all);
    this.takeGeneration(generation);
  }

  /** Whether a row that is here stands at another place of the file now, or in none. */
  isElsewhere(row) {
    const here = this.grid.row(this.grid.windows.indexOf(row.id));
    return Boolean(here) && (row.removed || (!this.grid.filter && here.n !== row.n));
  }

  takeGeneration(generation) {
    if (!generation) return;
    if (this.generation && generation !== this.generation) this.reload(this.grid.options.total);
    this.generation = generation;
  }

  reload(total) {
    this.grid.reload(total).catch((error) => this.grid.emit("error", { error }));
  }

  /** So much changed that what is shown is fetched again. */
  async fetchEverything() {
    const { file } = await get(`files/${this.fileId}`);
    this.status.setFile({ counts: file.counts });
    await this.grid.reload(file.counts.rows);
    return file.revision ?? 0;
  }
}
