/**
 * Where the grid stands: a row and how many pixels of it are above the upper edge. Nothing else is kept,
 * so a million rows need no height that is not on the screen, and no element is ever too high.
 *
 * @typedef {{index: number, offset: number}} Anchor
 */

/**
 * Move an anchor by pixels through rows of known or estimated height.
 * @param {Anchor} anchor @param {number} pixels @param {(index: number) => number} heightOf @param {number} total
 * @returns {Anchor}
 */
export function moveBy(anchor, pixels, heightOf, total) {
  if (total <= 0) return { index: 0, offset: 0 };
  let index = Math.max(0, Math.min(anchor.index, total - 1));
  let offset = anchor.offset + pixels;
  while (offset < 0 && index > 0) {
    index -= 1;
    offset += heightOf(index);
  }
  if (offset < 0) return { index: 0, offset: 0 };
  while (index < total - 1 && offset >= heightOf(index)) {
    offset -= heightOf(index);
    index += 1;
  }
  return { index, offset };
}

/** How far below `from` the anchor `to` is. @param {Anchor} from @param {Anchor} to */
export function pixelsBetween(from, to, heightOf) {
  let pixels = to.offset - from.offset;
  for (let index = from.index; index < to.index; index += 1) pixels += heightOf(index);
  return pixels;
}

/**
 * The rows to have on the page: those on the screen, and some pixels around it.
 * @returns {{first: number, last: number, seenFirst: number, seenLast: number}} last ones are exclusive
 */
export function rangeOf(anchor, height, around, heightOf, total) {
  let first = anchor.index;
  let above = -anchor.offset;
  while (first > 0 && above > -around) {
    first -= 1;
    above -= heightOf(first);
  }
  let last = anchor.index;
  let below = -anchor.offset;
  let seenLast = last;
  while (last < total && below < height + around) {
    below += heightOf(last);
    last += 1;
    if (below - heightOf(last - 1) < height) seenLast = last;
  }
  return { first, last, seenFirst: anchor.index, seenLast };
}

/** Size and place of the thumb in pixels, from row numbers alone: heights that are unknown do not move it. */
export function thumbOf({ index, offset }, rowHeight, shown, total, track, least) {
  if (total <= shown || track <= 0) return { size: track, place: 0 };
  const size = Math.max(least, Math.min(track, (shown / total) * track));
  const share = (index + Math.min(1, offset / Math.max(1, rowHeight))) / Math.max(1, total - shown);
  return { size, place: Math.max(0, Math.min(1, share)) * (track - size) };
}

/** The anchor for a place of the thumb. */
export function anchorOf(place, size, shown, total, track, rowHeight) {
  const room = Math.max(1, track - size);
  const exact = Math.max(0, Math.min(1, place / room)) * Math.max(0, total - shown);
  const index = Math.min(Math.max(0, total - 1), Math.floor(exact));
  return { index, offset: Math.round((exact - index) * rowHeight) };
}
