"""Scripts that run inside the page: clocks that stop with the painted frame, and a look at every frame of a scroll."""

PAINTED = """
window.painted = done => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => done(performance.now());
  channel.port2.postMessage(0);
});
"""
"""`painted(done)` calls back after the next frame was painted, with its time in ms."""

KEYS = """() => {
  window.keyTimes = [];
  document.querySelector('.ed-area').addEventListener('keydown', event => {
    const start = event.timeStamp;
    painted(now => window.keyTimes.push(now - start));
  }, true);
}"""
"""Times from a key press in the open editor to the painted letter."""

CONFIRMS = """() => {
  window.confirmTimes = [];
  document.addEventListener('keydown', event => {
    if (event.code !== 'Enter' || !event.ctrlKey) return;
    const start = event.timeStamp, from = document.activeElement;
    const look = () => painted(now => {
      const here = document.activeElement;
      if (here !== from && here?.classList.contains('ed-area')) window.confirmTimes.push(now - start);
      else look();
    });
    look();
  }, true);
}"""
"""Times from Ctrl Enter to the next row to do, open and painted."""

FILTER = """() => {
  const field = document.querySelector('#filter-text'), count = document.querySelector('#count');
  const before = count.textContent;
  window.filterTime = null;
  const onKey = event => {
    if (event.code !== 'Enter') return;
    field.removeEventListener('keydown', onKey, true);
    const start = event.timeStamp;
    const look = () => painted(now => {
      const rows = document.querySelectorAll('.g-row[data-row]').length;
      const changed = count.textContent !== before && !count.textContent.includes('…');
      if (changed && rows) window.filterTime = now - start;
      else if (now - start < 30000) look();
    });
    look();
  };
  field.addEventListener('keydown', onKey, true);
}"""
"""Time from Enter in the filter to its first rows, painted."""

SCROLL = """([pixels, frames]) => new Promise(resolve => {
  const view = document.querySelector('.g-view');
  const seen = {frames: 0, holes: 0, waiting: 0, seconds: 0};
  const begin = performance.now();
  const step = () => {
    const box = view.getBoundingClientRect();
    const rows = [...document.querySelectorAll('.g-layer > .g-row:not(.is-parked)')];
    const edges = rows.map(row => row.getBoundingClientRect());
    const shown = rows.filter((row, n) => edges[n].bottom > box.top && edges[n].top < box.bottom);
    seen.frames += 1;
    if (!edges.length || edges[0].top > box.top + 1 || edges.at(-1).bottom < box.bottom - 1) seen.holes += 1;
    if (shown.some(row => row.hasAttribute('aria-busy'))) seen.waiting += 1;
    if (seen.frames < frames) {
      // Below the size of a wheel's notch, so that each event moves at once.
      for (let left = pixels; left > 0; left -= 50) {
        view.dispatchEvent(new WheelEvent('wheel', {deltaY: Math.min(50, left), bubbles: true, cancelable: true}));
      }
      requestAnimationFrame(step);
    } else {
      seen.seconds = (performance.now() - begin) / 1000;
      seen.last = Math.max(...shown.map(row => Number(row.dataset.index)));
      resolve(seen);
    }
  };
  requestAnimationFrame(step);
})"""
"""Scrolls `pixels` each frame; counts frames with a hole, and frames with a row whose text had not come."""
