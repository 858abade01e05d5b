"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { rows, steps, marks, spent, contexts, length } = data;
  const byId = (id) => document.getElementById(id);
  const SPEEDS = [0.1, 0.5, 1, 2, 5, 10, 20, 50, 100, 500, 1000];
  const SHOWN = 200;
  const GLYPHS = { prompt: "❯", said: "●", thought: "∴", compaction: "⊘", retry: "↻", ok: "✓", failed: "✗", rejected: "⊘", open: "…" };
  const opened = new Set();
  let position = 0, speed = 10, playing = false, shown = SHOWN, last = 0, drawn = "";

  /** Return how many of these ascending values are at most `value`. */
  function countUntil(values, value, key = (one) => one) {
    let low = 0, high = values.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (key(values[middle]) <= value) low = middle + 1; else high = middle;
    }
    return low;
  }

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const stateOf = (row) => row.k !== "call" ? "" : row.e === undefined || row.e > position ? "open" : row.s;
  const place = (row) => row.p;
  const two = (number) => String(number).padStart(2, "0");
  const starts = rows.map(place);
  const ends = rows.filter((row) => row.e !== undefined).map((row) => [row.e, row.s]).sort((a, b) => a[0] - b[0]);
  const failures = ends.filter((end) => end[1] === "failed");
  const callStarts = rows.filter((row) => row.k === "call").map(place);

  function clockText(at) {
    const when = new Date(at);
    return `${two(when.getHours())}:${two(when.getMinutes())}:${two(when.getSeconds())}`;
  }

  function duration(ms) {
    if (ms < 1000) return "";
    const seconds = Math.round(ms / 1000);
    if (seconds < 60) return `${seconds}s`;
    return seconds < 3600 ? `${Math.floor(seconds / 60)}m${two(seconds % 60)}s` : `${Math.floor(seconds / 3600)}h${two(Math.floor(seconds / 60) % 60)}m`;
  }

  function compact(count) {
    for (const [size, unit] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
      if (count >= size) return `${Math.floor(count / size * 10) / 10}${unit}`;
    }
    return String(count);
  }

  function timeAt() {
    const step = countUntil(rows, position, place) - 1;
    const end = countUntil(ends, position, (one) => one[0]) - 1;
    const candidates = [data.begin];
    if (step >= 0) candidates.push(rows[step].t);
    if (end >= 0) candidates.push(endTimes[end]);
    return Math.max(...candidates);
  }
  const endTimes = rows.filter((row) => row.e !== undefined).sort((a, b) => a.e - b.e).map((row) => row.u);

  function drawFigures() {
    const amount = spent[countUntil(spent, position, (one) => one[0]) - 1];
    const bound = data.isLowerBound ? "≥" : "";
    byId("cost").textContent = amount ? `${bound}$${(Math.floor(amount[2] / 1e4) / 100).toFixed(2)}` : "$0.00";
    byId("tokens").textContent = amount ? `${bound}${compact(amount[1])}` : "0";
    const failed = countUntil(failures, position, (one) => one[0]);
    byId("calls").textContent = `${countUntil(callStarts, position)}${failed ? ` ✗${failed}` : ""}`;
    const context = contexts[countUntil(contexts, position, (one) => one[0]) - 1];
    const share = context && context[1] !== null && context[2] ? Math.min(100, 100 * context[1] / context[2]) : null;
    byId("context").textContent = !context || context[1] === null ? "unknown" : share === null ? compact(context[1]) : `${Math.floor(share)} % of ${compact(context[2])}`;
    byId("fill").style.width = `${share || 0}%`;
    byId("clock").textContent = clockText(timeAt());
  }

  function drawLine() {
    const percent = `${100 * position / length}%`;
    byId("played").style.width = percent;
    byId("hand").style.left = percent;
    const line = byId("line"), step = countUntil(steps, position);
    line.setAttribute("aria-valuemax", length);
    line.setAttribute("aria-valuenow", Math.round(position));
    line.setAttribute("aria-valuetext", `${clockText(timeAt())}, step ${step} of ${steps.length}`);
    byId("position").textContent = `step ${step.toLocaleString("en")} of ${steps.length.toLocaleString("en")}`;
    byId("play").textContent = playing ? "❚❚" : "▶\uFE0E";
  }

  function textBlock(text, isDiff) {
    const block = element("pre");
    if (!isDiff) {
      block.textContent = text;
      return block;
    }
    for (const line of text.split("\n")) {
      block.append(element("span", line.startsWith("+") ? "add" : line.startsWith("-") ? "del" : "", line), "\n");
    }
    return block;
  }

  function detailOf(row) {
    const detail = element("div", "detail");
    const hasEnded = stateOf(row) !== "open";
    for (const [title, text] of [...(row.d || []), ...(hasEnded ? row.r || [] : [])]) {
      detail.append(element("h2", "", title));
      if (text) detail.append(textBlock(text, !["input", "output", "error", "text"].includes(title)));
    }
    return detail;
  }

  function rowElement(row, index) {
    const state = stateOf(row);
    const opens = Boolean(row.d && row.d.length || state !== "open" && row.r && row.r.length);
    const made = element("div", `row ${row.k} ${state}${opens ? " opens" : ""}`);
    made.dataset.index = index;
    made.append(element("time", "", clockText(row.t)), element("span", "glyph", GLYPHS[state || row.k] || "·"));
    const what = element("span", "what");
    if (row.o) what.append(element("span", "tool", row.o));
    what.append(row.x || (row.k === "call" ? "" : "—"));
    made.append(what);
    const notes = [row.a ? "agent" : "", state === "open" ? "runs" : "", state === "failed" || state === "rejected" ? state : "", state && state !== "open" ? duration(row.u - row.t) : ""];
    made.append(element("span", "side", notes.filter(Boolean).join(" · ")));
    if (opens) {
      made.tabIndex = 0;
      made.setAttribute("role", "button");
      made.setAttribute("aria-expanded", opened.has(index));
    }
    return made;
  }

  function drawRows() {
    const count = countUntil(rows, position, place), first = Math.max(0, count - shown);
    const ended = countUntil(ends, position, (one) => one[0]);
    const key = `${first} ${count} ${ended} ${[...opened].join()}`;
    if (key === drawn) return;
    drawn = key;
    const log = byId("log"), isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    const content = document.createDocumentFragment();
    if (first > 0) {
      const earlier = element("button", "", `${first.toLocaleString("en")} earlier rows`);
      earlier.id = "earlier";
      content.append(earlier);
    }
    for (let index = first; index < count; index += 1) {
      content.append(rowElement(rows[index], index));
      if (opened.has(index)) content.append(detailOf(rows[index]));
    }
    if (!count) content.append(element("p", "dim", "Nothing has happened yet: press space to play."));
    const top = log.scrollTop;
    log.replaceChildren(content);
    log.scrollTop = isAtEnd ? log.scrollHeight : top;
  }

  function draw() {
    drawFigures();
    drawLine();
    drawRows();
  }

  function moveTo(to) {
    position = Math.max(0, Math.min(length, to));
    if (position >= length) playing = false;
    draw();
  }

  function play(on) {
    if (on && position >= length) position = 0;
    playing = on;
    last = 0;
    draw();
    if (playing) requestAnimationFrame(tick);
  }

  function tick(now) {
    if (!playing) return;
    if (last) moveTo(position + (now - last) * speed);
    last = now;
    if (playing) requestAnimationFrame(tick);
  }

  function stop(to) {
    playing = false;
    moveTo(to);
  }

  const beyond = (values, direction) => direction > 0
    ? values[countUntil(values, position)] ?? length
    : values[countUntil(values, position - 1e-6) - 1] ?? 0;
  const step = (direction) => stop(beyond(steps, direction));
  const landmark = (direction) => stop(beyond(marks.map((mark) => mark[0]), direction));

  function setSpeed(to) {
    speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, to))];
    byId("speed").value = String(speed);
  }

  function toggle(index) {
    if (!opened.delete(index)) opened.add(index);
    draw();
    const row = byId("log").querySelector(`[data-index="${index}"]`);
    if (row) row.focus({ preventScroll: true });
  }

  function onRow(target) {
    if (target.id === "earlier") {
      shown += SHOWN;
      draw();
      return true;
    }
    const row = target.closest(".row.opens");
    if (row) toggle(Number(row.dataset.index));
    return Boolean(row);
  }

  const KEYS = {
    " ": () => play(!playing),
    k: () => play(!playing),
    ArrowRight: () => step(1),
    ArrowLeft: () => step(-1),
    "]": () => landmark(1),
    "[": () => landmark(-1),
    "+": () => setSpeed(SPEEDS.indexOf(speed) + 1),
    "=": () => setSpeed(SPEEDS.indexOf(speed) + 1),
    "-": () => setSpeed(SPEEDS.indexOf(speed) - 1),
    Home: () => stop(0),
    End: () => stop(length),
  };

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "SELECT") return;
    if (event.key === "Enter" && event.target.closest && event.target.closest(".row.opens")) {
      onRow(event.target);
    } else if (KEYS[event.key] && !(event.key === " " && event.target.tagName === "BUTTON")) {
      KEYS[event.key]();
    } else {
      return;
    }
    event.preventDefault();
  }

  function onLine(event) {
    const line = byId("line").getBoundingClientRect();
    if (event.type === "pointerdown") byId("line").setPointerCapture(event.pointerId);
    if (event.buttons & 1) stop(length * (event.clientX - line.left) / line.width);
  }

  function addMarks() {
    const places = new Map();
    const order = ["change", "failure", "prompt", "compaction"];
    for (const [at, kind] of marks) {
      const percent = Math.round(1000 * at / length) / 10;
      if (!places.has(percent) || order.indexOf(kind) > order.indexOf(places.get(percent))) places.set(percent, kind);
    }
    for (const [percent, kind] of places) {
      const mark = element("i", kind);
      mark.style.left = `${percent}%`;
      byId("marks").append(mark);
    }
  }

  byId("title").textContent = data.title;
  byId("facts").textContent = [...data.facts, new Date(data.begin).toLocaleString()].join(" · ");
  if (data.leftOut) {
    byId("left-out").textContent = data.leftOut;
    byId("left-out").hidden = false;
  }
  for (const each of SPEEDS) {
    const option = element("option", "", `${each}×`);
    option.value = String(each);
    byId("speed").append(option);
  }
  setSpeed(SPEEDS.indexOf(10));
  addMarks();
  byId("play").addEventListener("click", () => play(!playing));
  byId("back").addEventListener("click", () => step(-1));
  byId("forward").addEventListener("click", () => step(1));
  byId("previous").addEventListener("click", () => landmark(-1));
  byId("next").addEventListener("click", () => landmark(1));
  byId("speed").addEventListener("change", (event) => setSpeed(SPEEDS.indexOf(Number(event.target.value))));
  byId("log").addEventListener("click", (event) => onRow(event.target));
  byId("line").addEventListener("pointerdown", onLine);
  byId("line").addEventListener("pointermove", onLine);
  document.addEventListener("keydown", onKey);
  moveTo(steps.length ? steps[0] : 0);
})();
