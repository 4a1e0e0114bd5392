/**
 * Draws the rows around an anchor in normal flow, so that they can neither overlap nor leave holes, and
 * moves the whole layer so that the anchor stands where it should. Elements are reused, never re-ordered:
 * the one with the focus is not taken off the page.
 */

import { h } from "../../core/dom.js";
import { anchorOf, moveBy, pixelsBetween, rangeOf, thumbOf } from "./geometry.js";
import { Heights } from "./measure.js";

const AROUND = 360;
const LATE = 200;
const LEAST_THUMB = 28;

/**
 * @typedef {Object} Source
 * @property {() => number} total
 * @property {(index: number) => boolean} has
 * @property {(first: number, last: number, direction: number) => void} want
 * @property {() => HTMLElement} make
 * @property {(element: HTMLElement, index: number) => void} fill draws row or skeleton, cheap when nothing changed
 * @property {(index: number) => string} numberAt for the bubble at the thumb
 * @property {() => void} [onMove]
 * @property {() => number} [held] the row that stays where it is when rows above it change their height, or -1
 */

export class Viewport {
  /** @param {HTMLElement} element clips @param {Source} source @param {number} guess */
  constructor(element, source, guess) {
    this.element = element;
    this.source = source;
    this.heights = new Heights(guess);
    this.anchor = { index: 0, offset: 0 };
    /** @type {Map<number, HTMLElement>} */
    this.live = new Map();
    this.spare = [];
    this.late = 0;
    this.lateTimer = 0;
    this.frame = 0;
    this.direction = 0;
    this.height = 0;
    this.shown = 1;
    /** Pixels that the end may stand above the lower edge, because rows grew above the one that must not move. */
    this.slack = 0;
    this.slackOf = -1;
    /** The row that was asked for, until it is here: only then is it known how high the rows above it are. */
    this.aim = -1;
    this.layer = h("div", { class: "g-layer", role: "rowgroup" });
    this.bubble = h("div", { class: "g-bubble num", hidden: true });
    this.thumb = h("div", { class: "g-thumb" });
    this.bar = h("div", { class: "g-bar", "aria-hidden": "true" }, this.thumb, this.bubble);
    element.append(this.layer, this.bar);
    this.listen();
  }

  listen() {
    let width = 0;
    new ResizeObserver(() => {
      this.height = this.element.clientHeight;
      if (this.layer.clientWidth !== width) {
        width = this.layer.clientWidth;
        this.heights.forgetPlaces();
      }
      this.draw();
    }).observe(this.element);
    this.element.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    this.bar.addEventListener("pointerdown", (event) => this.onBar(event));
    let touch = null;
    this.element.addEventListener("touchstart", (event) => (touch = event.touches[0]?.clientY ?? null), { passive: true });
    this.element.addEventListener("touchmove", (event) => {
      const y = event.touches[0]?.clientY;
      if (touch === null || y === undefined) return;
      this.scroll(touch - y);
      touch = y;
      event.preventDefault();
    }, { passive: false });
  }

  onWheel(event) {
    if (event.ctrlKey || !event.deltaY) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 34 : event.deltaMode === 2 ? this.height : 1;
    const pixels = event.deltaY * unit;
    // The notches of a mouse wheel glide for a few frames; a touch pad sends its own small steps.
    const notch = Math.abs(pixels) >= 60 && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!notch) return this.scroll(pixels);
    this.glide = (this.glide || 0) + pixels;
    if (!this.gliding) {
      this.gliding = true;
      requestAnimationFrame(() => this.glideOn());
    }
  }

  glideOn() {
    const step = Math.abs(this.glide) < 3 ? this.glide : Math.trunc(this.glide * 0.45);
    this.glide -= step;
    this.move(step);
    this.render();
    this.gliding = Math.abs(this.glide) >= 1;
    if (this.gliding) requestAnimationFrame(() => this.glideOn());
  }

  onBar(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    const box = this.bar.getBoundingClientRect();
    const { size, place } = this.thumbNow();
    const y = event.clientY - box.top;
    const grip = y >= place && y <= place + size ? y - place : size / 2;
    const put = (now) => {
      this.direction = 0;
      this.anchor = anchorOf(now.clientY - box.top - grip, size, this.shown, this.source.total(), box.height, this.heights.average);
      this.showBubble();
      this.draw();
    };
    this.bar.setPointerCapture(event.pointerId);
    this.bar.classList.add("is-dragging");
    put(event);
    const end = () => {
      this.bar.removeEventListener("pointermove", put);
      this.bar.classList.remove("is-dragging");
      this.bubble.hidden = true;
    };
    this.bar.addEventListener("pointermove", put);
    this.bar.addEventListener("pointerup", end, { once: true });
    this.bar.addEventListener("pointercancel", end, { once: true });
  }

  showBubble() {
    this.bubble.hidden = false;
    this.bubble.textContent = this.source.numberAt(this.anchor.index);
    const { size, place } = this.thumbNow();
    this.bubble.style.transform = `translateY(${Math.round(place + size / 2 - 12)}px)`;
  }

  thumbNow() {
    return thumbOf(this.anchor, this.heights.of(this.anchor.index), this.shown, this.source.total(), this.bar.clientHeight || this.height, LEAST_THUMB);
  }

  move(pixels) {
    this.aim = -1;
    this.direction = Math.sign(pixels) || this.direction;
    this.anchor = moveBy(this.anchor, pixels, (index) => this.heights.of(index), this.source.total());
  }

  /** Scroll by pixels; drawn with the next frame. */
  scroll(pixels) {
    this.move(pixels);
    this.draw();
  }

  /** A screen up or down. */
  page(direction) {
    this.scroll(direction * Math.max(40, this.height - 2 * this.heights.guess));
  }

  /** Put a row at the upper edge. */
  jump(index, offset = 0) {
    this.aim = -1;
    this.slack = 0;
    this.direction = 0;
    this.anchor = { index: Math.max(0, Math.min(index, this.source.total() - 1)), offset };
    this.draw();
  }

  /** Scroll as little as needed to see a row whole; far ones land in the middle. */
  reveal(index) {
    const box = this.boxOf(index);
    if (!box) {
      const near = index === this.anchor.index - 1;
      this.anchor = near ? { index, offset: 0 } : this.centred(index);
      this.direction = 0;
      this.aim = index;
      this.render();
      return;
    }
    const shift = box.top < 0 ? box.top : box.bottom > this.height ? Math.min(box.top, box.bottom - this.height) : 0;
    if (!shift) return;
    this.move(shift);
    this.render();
  }

  centred(index) {
    return moveBy({ index, offset: 0 }, -Math.max(0, (this.height - this.heights.of(index)) / 2), (at) => this.heights.of(at), this.source.total());
  }

  /** What was aimed at has come, and rows above it may be higher than was thought. */
  hitAim() {
    const index = this.aim;
    if (index < 0 || !this.source.has(index)) return;
    this.aim = -1;
    const box = this.boxOf(index);
    if (box && box.top >= 0 && (box.bottom <= this.height || box.top === 0)) return;
    this.slack = 0;
    this.anchor = this.centred(index);
    this.render();
  }

  /** Where a row stands, in pixels below the upper edge; null when it is not on the page. */
  boxOf(index) {
    const element = this.live.get(index);
    if (!element || element.classList.contains("is-parked")) return null;
    const top = element.offsetTop - this.shift;
    return { top, bottom: top + element.offsetHeight };
  }

  /** Draw with the next frame. */
  draw() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.render();
    });
  }

  /** Draw now. */
  render() {
    const total = this.source.total();
    if (!this.height) this.height = this.element.clientHeight;
    if (this.anchor.index > total - 1) this.anchor = { index: Math.max(0, total - 1), offset: 0 };
    const heightOf = (index) => this.heights.of(index);
    let range = rangeOf(this.anchor, this.height, AROUND, heightOf, total);
    this.source.want(range.first, range.last, this.direction);
    if (this.mustWait(range)) {
      this.drawThumb();
      return;
    }
    const held = this.heldNow();
    for (let round = 0; round < 4; round += 1) {
      this.sync(range);
      const grown = this.measure(range, held);
      if (grown) {
        this.slack = Math.max(0, this.slack + grown);
        this.anchor = moveBy(this.anchor, grown, heightOf, total);
      }
      this.settle(range, total);
      const next = rangeOf(this.anchor, this.height, AROUND, heightOf, total);
      const enough = next.first >= range.first && next.last <= range.last;
      range = { ...next, first: Math.min(next.first, range.first), last: Math.max(next.last, range.last) };
      if (enough) break;
    }
    this.shown = this.countShown(total);
    this.place();
    this.drawThumb();
    this.source.onMove?.();
    this.hitAim();
  }

  /** Rows that are late for less than 200 ms leave the old ones standing; after that come skeletons. */
  mustWait(range) {
    let missing = false;
    for (let index = range.seenFirst; index < range.seenLast && !missing; index += 1) missing = !this.source.has(index);
    if (!missing) {
      this.late = 0;
      return false;
    }
    const now = performance.now();
    if (!this.late) this.late = now;
    const left = LATE - (now - this.late);
    if (left <= 0) return false;
    clearTimeout(this.lateTimer);
    this.lateTimer = setTimeout(() => this.draw(), left + 1);
    return true;
  }

  /** Have exactly the rows of the range on the page, and the one with the focus. */
  sync(range) {
    const active = document.activeElement;
    const wanted = [];
    for (let index = range.first; index < range.last; index += 1) wanted.push(index);
    for (const [index, element] of this.live) {
      const inside = index >= range.first && index < range.last;
      const held = !inside && active !== document.body && element.contains(active);
      element.classList.toggle("is-parked", held);
      if (inside) continue;
      if (held) {
        if (index < range.first) wanted.unshift(index);
        else wanted.push(index);
        continue;
      }
      element.remove();
      this.live.delete(index);
      if (this.spare.length < 60) this.spare.push(element);
    }
    let node = this.layer.firstElementChild;
    for (const index of wanted) {
      let element = this.live.get(index);
      if (!element) {
        element = this.spare.pop() || this.source.make();
        element.classList.remove("is-parked");
        this.live.set(index, element);
        this.layer.insertBefore(element, node);
      } else node = element.nextElementSibling;
      this.source.fill(element, index);
    }
  }

  /** The row that must not move, while it can be seen. */
  heldNow() {
    const held = this.source.held?.() ?? -1;
    if (held !== this.slackOf) {
      this.slackOf = held;
      this.slack = 0;
    }
    const box = held >= 0 ? this.boxOf(held) : null;
    return box && box.bottom > 0 && box.top < this.height ? held : -1;
  }

  /** Read all heights at once, after all writing. Returns by how much the rows between the anchor and `held` grew. */
  measure(range, held) {
    let grown = 0;
    for (let index = range.first; index < range.last; index += 1) {
      const element = this.live.get(index);
      if (!element) continue;
      const pixels = element.offsetHeight;
      const before = this.heights.known.get(index);
      if (index >= this.anchor.index && index < held && before !== undefined) grown += pixels - before;
      this.heights.set(index, pixels);
    }
    return grown;
  }

  /** The anchor row is the first that can be seen, and the last row never ends above the lower edge. */
  settle(range, total) {
    const heightOf = (index) => this.heights.of(index);
    this.anchor = moveBy(this.anchor, 0, heightOf, total);
    if (range.last < total) return;
    let below = -this.anchor.offset;
    for (let index = this.anchor.index; index < total; index += 1) {
      below += heightOf(index);
      if (below >= this.height) return;
    }
    const settled = moveBy(this.anchor, below - this.height, heightOf, total);
    this.anchor = this.slack ? moveBy(settled, Math.min(this.slack, pixelsBetween(settled, this.anchor, heightOf)), heightOf, total) : settled;
  }

  /** How many rows stand wholly on the screen. */
  countShown(total) {
    let below = -this.anchor.offset;
    let index = this.anchor.index;
    for (; index < total; index += 1) {
      below += this.heights.of(index);
      if (below > this.height) break;
    }
    return Math.max(1, index - this.anchor.index);
  }

  place() {
    const element = this.live.get(this.anchor.index);
    this.shift = (element?.offsetTop || 0) + this.anchor.offset;
    this.layer.style.transform = `translateY(${-Math.round(this.shift)}px)`;
  }

  drawThumb() {
    const { size, place } = this.thumbNow();
    this.bar.classList.toggle("is-idle", size >= this.height);
    this.thumb.style.height = `${Math.round(size)}px`;
    this.thumb.style.transform = `translateY(${Math.round(place)}px)`;
  }

  /** Draw one row again, if it is on the page. */
  redraw(index) {
    const element = this.live.get(index);
    if (!element) {
      this.heights.forget(index);
      return;
    }
    this.source.fill(element, index);
    this.draw();
  }

  /** Rows were added or removed above: what stands here now has other indices, and stays where it is. */
  reindex(by) {
    if (!by) return;
    const rows = [...this.live].map(([index, element]) => /** @type {[number, any]} */ ([index + by, element]));
    this.live = new Map();
    for (const [index, element] of rows) {
      if (index < 0) element.remove();
      else this.live.set(index, element);
      if (element.drawn) element.drawn = { ...element.drawn, index };
      element.dataset.index = String(index);
      element.setAttribute("aria-rowindex", String(index + 1));
    }
    this.heights.known = new Map([...this.heights.known].map(([index, pixels]) => [index + by, pixels]));
    this.anchor = { ...this.anchor, index: Math.max(0, this.anchor.index + by) };
    this.slackOf += by;
  }

  /** Other rows or other columns: all elements go. */
  clear() {
    for (const element of this.live.values()) element.remove();
    this.live.clear();
    this.spare = [];
    this.heights.forgetPlaces();
  }
}
