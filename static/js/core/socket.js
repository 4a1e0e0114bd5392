/**
 * A socket that comes back: JSON frames, pings, and a new attempt after 1 to 30 seconds with full jitter.
 * It is a hint and nothing more: whoever uses it works without it too.
 *
 * States: "connecting" (an attempt runs), "open" (the server has let us in), "waiting" (until the next attempt),
 * "refused" (not signed in, or nothing there: no further attempt until `open()`), "closed" (by us).
 */

const FIRST_MS = 1000;
const MOST_MS = 30_000;
const PING_MS = 20_000;
/** Without any frame for so long after a ping the line is dead, whatever the browser thinks. */
const DEAF_MS = 10_000;
const JOIN_MS = 10_000;
/** A connection that lasted less is a failure too: who lets us in and throws us out is not asked without pause. */
const LASTED_MS = 5000;
const RESTART = 1012;
const REFUSALS = new Set([4401, 4403, 4404]);

/** @typedef {"connecting"|"open"|"waiting"|"refused"|"closed"} SocketState */

export class LiveSocket {
  /**
   * @param {{
   *   url: string,
   *   hello: () => any the first frame of a connection
   *   welcome: string the type of the frame that says we are in
   *   onFrame: (frame: any) => void
   *   onState: (state: SocketState, code?: number) => void
   *   make?: (url: string) => WebSocket, random?: () => number
   * }} options
   */
  constructor(options) {
    this.options = options;
    /** @type {SocketState} */
    this.state = "closed";
    /** @type {WebSocket|null} */
    this.line = null;
    this.failures = 0;
    /** Whether any connection ever succeeded: a server that cannot do sockets never lets us in. */
    this.everOpen = false;
    this.timers = {};
  }

  /** Connect, now. */
  open() {
    if (this.line) return;
    this.#stopTimers();
    this.#become("connecting");
    let line;
    try {
      line = this.options.make ? this.options.make(this.options.url) : new WebSocket(this.options.url);
    } catch {
      this.#comeBack();
      return;
    }
    this.line = line;
    line.onopen = () => {
      if (this.line !== line) return;
      this.#write(this.options.hello());
    };
    line.onmessage = (event) => {
      if (this.line === line) this.#take(event.data);
    };
    line.onclose = (event) => {
      if (this.line === line) this.#lost(event.code);
    };
    // A line that opens and says nothing, or hangs while opening, is no line.
    this.timers.join = setTimeout(() => this.#drop(), JOIN_MS);
  }

  /** Send a frame if we are in. @returns {boolean} whether it went */
  send(frame) {
    if (this.state !== "open") return false;
    return this.#write(frame);
  }

  /** Try again at once instead of waiting: the network is back. */
  hurry() {
    if (this.state === "waiting" || this.state === "refused") {
      this.failures = 0;
      this.open();
    }
  }

  /** Leave and stay away. */
  close() {
    const { line } = this;
    this.line = null;
    this.#stopTimers();
    line?.close();
    this.#become("closed");
  }

  #write(frame) {
    try {
      this.line.send(JSON.stringify(frame));
      return true;
    } catch {
      return false;
    }
  }

  #take(data) {
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    if (!frame || typeof frame.type !== "string") return;
    this.#listen();
    if (frame.type === "pong") return;
    if (frame.type === this.options.welcome) {
      clearTimeout(this.timers.join);
      this.timers.lasted = setTimeout(() => (this.failures = 0), LASTED_MS);
      this.everOpen = true;
      this.#become("open");
    }
    this.options.onFrame(frame);
  }

  /** Something was heard: ping after a while of silence, and give up when that is not answered. */
  #listen() {
    clearTimeout(this.timers.ping);
    clearTimeout(this.timers.deaf);
    this.timers.ping = setTimeout(() => {
      this.#write({ type: "ping" });
      this.timers.deaf = setTimeout(() => this.#drop(), DEAF_MS);
    }, PING_MS);
  }

  #drop() {
    const { line } = this;
    if (!line) return;
    this.#lost(0);
    line.close();
  }

  #lost(code) {
    this.line = null;
    this.#stopTimers();
    if (REFUSALS.has(code)) this.#become("refused", code);
    else this.#comeBack(code);
  }

  #comeBack(code) {
    // Everybody was sent away at once: they do not all come back in the same second.
    if (code === RESTART) this.failures = Math.max(this.failures, 2);
    const most = Math.min(MOST_MS, FIRST_MS * 2 ** this.failures);
    this.failures += 1;
    const pause = (this.options.random || Math.random)() * most;
    this.timers.again = setTimeout(() => this.open(), pause);
    this.#become("waiting", code);
  }

  #stopTimers() {
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.timers = {};
  }

  #become(state, code) {
    if (this.state === state) return;
    this.state = state;
    this.options.onState(state, code);
  }
}

/** Where a file's socket is: the same host, ws or wss as the page. @param {number} fileId */
export function socketAddress(fileId, place = globalThis.location) {
  return `${place.protocol === "https:" ? "wss:" : "ws:"}//${place.host}/ws/files/${fileId}/`;
}
