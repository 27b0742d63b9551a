// The inspector: a feed of what arrives, one event, the coverage of the plan.
// All that comes from a payload goes into the page as text, never as markup.
"use strict";

const MOST_ROWS = 10_000; // as many as the collector keeps
const MOST_SHOWN = 20_000; // characters of a body, a test, a command
const VERDICTS = {
  good: ["good", "✓ good"],
  violation: ["bad", "✗ violation"],
  unplanned: ["warn", "? not in the plan"],
  refused: ["bad", "⊘ refused"],
  forwarded: ["info", "→ SDK event"],
};
const FIELDS = ["type", "event", "user", "q"];

const byId = (id) => document.getElementById(id);
const list = byId("list"), canvas = byId("canvas"), detail = byId("detail"), filters = byId("filters");

let rows = []; // oldest first
let held = null; // what arrives during a pause
let source = null;
let summary = null;
let selected = null; // an id
let view = "events";

function make(tag, properties = {}, ...children) {
  const { data, aria, ...rest } = properties;
  const node = Object.assign(document.createElement(tag), rest);
  Object.assign(node.dataset, data);
  for (const [name, value] of Object.entries(aria ?? {})) node.setAttribute(`aria-${name}`, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const badge = (verdict) => make("span", { className: `badge ${VERDICTS[verdict][0]}` }, VERDICTS[verdict][1]);
const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

function clock(text) {
  const moment = new Date(text);
  return `${moment.toLocaleTimeString("en-GB")}.${String(moment.getMilliseconds()).padStart(3, "0")}`;
}

async function get(path, signal) {
  const answer = await fetch(path, { signal });
  return answer.ok ? answer.json() : null;
}

// --- What is asked for, in the URL --------------------------------------------------

function wanted() {
  const query = new URLSearchParams();
  const verdicts = [...document.querySelectorAll("#verdicts [aria-pressed=true]")].map((one) => one.value);
  if (verdicts.length) query.set("verdict", verdicts.join(","));
  for (const name of FIELDS) if (filters.elements[name].value) query.set(name, filters.elements[name].value);
  return query;
}

function remember() {
  const query = wanted();
  if (view !== "events") query.set("view", view);
  if (selected !== null) query.set("id", selected);
  history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
}

function recall() {
  const query = new URLSearchParams(location.search);
  const verdicts = (query.get("verdict") ?? "").split(",");
  for (const one of document.querySelectorAll("#verdicts button"))
    one.setAttribute("aria-pressed", verdicts.includes(one.value));
  for (const name of FIELDS) filters.elements[name].value = query.get(name) ?? "";
  view = query.get("view") === "coverage" ? "coverage" : "events";
  selected = Number(query.get("id")) || null;
}

// --- The feed -----------------------------------------------------------------------

function listen() {
  source?.close();
  rows = [];
  if (held) held = [];
  source = new EventSource(`api/stream?${wanted()}`);
  source.onopen = () => connected("good", "live");
  source.onerror = () => {
    connected("warn", "reconnecting");
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  };
  source.addEventListener("renewed", () => {
    rows = [];
    if (held) held = [];
    render();
    if (selected !== null) explain(selected);
  });
  source.addEventListener("rows", (message) => take(JSON.parse(message.data)));
  source.addEventListener("summary", (message) => show(JSON.parse(message.data)));
  render();
}

function connected(kind, text) {
  byId("connection").className = `badge ${kind}`;
  byId("connection").textContent = text;
}

function take(arrived) {
  if (held) {
    held = held.concat(arrived).slice(-MOST_ROWS);
    label();
    return;
  }
  const isScrolled = list.scrollTop > 0;
  rows = rows.concat(arrived).slice(-MOST_ROWS);
  size();
  if (isScrolled) {
    list.scrollTop += arrived.length * rowHeight();
    newer(arrived.length);
  }
  render();
  announce(arrived);
}

let unseen = 0;
function newer(count) {
  unseen = count ? unseen + count : 0;
  byId("newer").hidden = !unseen;
  byId("newer").textContent = `↑ ${unseen.toLocaleString("en")} new`;
}

let toSay = [], saying = null;
function announce(arrived) {
  toSay = toSay.concat(arrived.map((row) => row.verdict));
  saying ??= setTimeout(() => {
    const wrong = toSay.filter((verdict) => verdict !== "good" && verdict !== "forwarded").length;
    byId("live").textContent = `${plural(toSay.length, "event")} arrived, ${wrong} not good`;
    toSay = [];
    saying = null;
  }, 2000);
}

const rowHeight = () => parseFloat(getComputedStyle(list).getPropertyValue("--row"));

function size() {
  canvas.style.height = `${rows.length * rowHeight()}px`;
}

// Only the rows in sight are in the page, however many there are.
function render() {
  size();
  const height = rowHeight();
  const first = Math.max(0, Math.floor(list.scrollTop / height) - 6);
  const last = Math.min(rows.length, Math.ceil((list.scrollTop + list.clientHeight) / height) + 6);
  const shown = [];
  for (let index = first; index < last; index++) shown.push(rowAt(index, height));
  canvas.replaceChildren(...shown);
  const active = byId(`row-${selected}`);
  if (active) list.setAttribute("aria-activedescendant", active.id);
  else list.removeAttribute("aria-activedescendant");
  empty();
}

function rowAt(index, height) {
  const row = rows[rows.length - 1 - index];
  const node = make("div", {
    id: `row-${row.id}`, className: "feed-row", role: "option", data: { id: row.id },
    aria: { selected: row.id === selected, setsize: rows.length, posinset: index + 1 },
  },
    make("span", { className: "time" }, clock(row.received_at)),
    make("span", {}, badge(row.verdict)),
    make("span", { className: "muted" }, row.endpoint === "/raw/event" ? "sdk" : String(row.type ?? "–")),
    make("span", { className: "title" }, row.title || (row.type === "identify" ? "identify" : "–")),
    make("span", { className: "user" }, String(row.user_id ?? "–")));
  node.style.top = `${index * height}px`;
  return node;
}

function empty() {
  const isNew = !summary?.kept;
  byId("empty").hidden = rows.length > 0;
  byId("empty-help").hidden = !isNew;
  byId("empty-title").textContent = isNew ? "Nothing has arrived yet" : "Nothing of what arrived fits the filters";
}

// --- One event ----------------------------------------------------------------------

function select(id, reveal = true) {
  selected = id;
  remember();
  if (reveal) scrollTo(id);
  render();
  if (id === null) {
    detail.classList.remove("open");
    detail.replaceChildren(make("p", { className: "muted hint" }, "Select an event to see what is right and wrong with it."));
  } else explain(id);
}

function scrollTo(id) {
  const index = rows.length - 1 - rows.findIndex((row) => row.id === id);
  if (index >= rows.length) return;
  const height = rowHeight(), top = index * height;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + height > list.scrollTop + list.clientHeight) list.scrollTop = top + height - list.clientHeight;
}

function move(step) {
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.id === selected);
  const next = at < 0 ? rows.length - 1 : Math.min(rows.length - 1, Math.max(0, at - step));
  select(rows[next].id);
}

let asking = null;
async function explain(id) {
  asking?.abort();
  asking = new AbortController();
  let event;
  try {
    event = await get(`api/events/${id}`, asking.signal);
  } catch (error) {
    if (error.name === "AbortError") return;
    event = null;
  }
  if (id !== selected) return;
  detail.classList.add("open");
  detail.replaceChildren(...(event ? explained(event) : gone()));
}

const gone = () => [closing(), make("p", { className: "muted hint" }, "This event is no longer kept.")];
const closing = () => make("button", { className: "close", onclick: () => { select(null); list.focus(); }, aria: { label: "Close" } }, "✕");

function explained(event) {
  const name = event.event ?? event.type ?? event.endpoint;
  const general = event.violations.filter((one) => one.path === "");
  return [
    closing(),
    make("div", { className: "row" }, badge(event.verdict), make("span", { className: "muted small" }, `#${event.id} · ${clock(event.received_at)} · ${event.endpoint} → ${event.status}`)),
    make("h2", {}, String(name)),
    event.call && event.call.description && make("p", { className: "muted" }, event.call.description),
    facts(event),
    ...event.problems.map((text) => make("p", { className: `note ${event.status === 200 ? "warn" : "bad"}` }, text)),
    ...general.map((one) => make("p", { className: "note bad" }, `Expected ${one.expected}, got ${one.got}`)),
    event.verdict === "unplanned" ? make("p", { className: "note warn" }, "The plan has no such event. Add it to the plan, or correct its name in the call.") : null,
    event.parts.length ? parts(event) : null,
    code("Test", event.test, "Copy as a test", "Only what the plan knows has a function to call."),
    code("curl", event.curl, "Copy as curl", "The body was too large to be kept."),
    code("Body", JSON.stringify(event.body, null, 2), "Copy the body"),
  ].filter(Boolean);
}

function facts(event) {
  const { call } = event;
  const entries = [
    ["User", event.user_id], ["Owner", call?.owner], ["When", call?.when],
    ["Plan", call && `${call.place.file}:${call.place.line}`], ["Write Code", event.write_code && `…${event.write_code}`],
  ];
  return make("dl", { className: "facts" }, ...entries.filter((one) => one[1] !== null && one[1] !== undefined)
    .map(([term, text]) => make("div", {}, make("dt", {}, term), make("dd", {}, String(text)))));
}

function parts(event) {
  const what = event.type === "track" ? "Properties" : "Traits";
  return make("div", { className: "parts", role: "list", aria: { label: what } }, ...event.parts.map(part));
}

const MARKS = { good: ["✓", "good"], bad: ["✗", "wrong"], none: ["·", "not judged"] };

function part(one) {
  const [sign, word] = MARKS[one.mark];
  const node = make("div", { className: `part ${one.mark}`, role: "listitem" },
    make("span", { className: "sign", title: word }, sign, make("span", { className: "visually-hidden" }, ` ${word}: `)),
    make("span", {}, make("code", {}, one.name), " ", make("span", { className: "value" }, one.value || "missing"),
      ...one.problems.map((problem) => make("span", { className: "problem" }, "expected ", make("b", {}, problem.expected), ", got ", make("b", {}, problem.got)))),
    one.depth === 0 && one.place ? make("span", { className: "place" }, `${one.place.file}:${one.place.line}`) : null);
  node.style.setProperty("--depth", Math.min(one.depth, 8));
  return node;
}

function code(title, text, action, missing) {
  if (text === null) return missing ? make("p", { className: "muted small" }, `${title}: ${missing}`) : null;
  const isLong = text.length > MOST_SHOWN;
  const pre = make("pre", { tabIndex: 0, aria: { label: title } }, isLong ? `${text.slice(0, MOST_SHOWN)}…` : text);
  const copy = make("button", { type: "button", onclick: () => copyOut(copy, text, pre) }, action);
  const more = make("button", { type: "button", className: "plain", hidden: !isLong, onclick: () => { pre.textContent = text; more.remove(); } }, `Show all ${text.length.toLocaleString("en")} characters`);
  const block = make("details", { open: title === "Body" }, make("summary", {}, title), pre, more);
  return make("div", { className: "code" }, copy, block);
}

async function copyOut(button, text, pre) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch { // not allowed: let it be copied by hand
    pre.textContent = text;
    pre.closest("details").open = true;
    getSelection().selectAllChildren(pre);
    button.textContent = "Selected";
  }
  setTimeout(() => { button.textContent = before; }, 1500);
}

// --- Coverage -----------------------------------------------------------------------

async function cover() {
  const found = await get("api/coverage").catch(() => null);
  if (!found || view !== "coverage") return;
  const share = found.planned ? Math.round((100 * found.seen) / found.planned) : 0;
  byId("coverage").replaceChildren(...[
    make("h2", {}, summary?.plan ? `${found.seen} of ${plural(found.planned, "event")} seen` : "There is no plan to cover"),
    summary?.plan ? make("progress", { max: 100, value: share, aria: { label: "Events seen" } }) : null,
    table("Events of the plan", found.events),
    table("Traits", found.traits.map((one) => ({ ...one, type: one.name }))),
    table("Not in the plan", found.others.map((one) => ({ ...one, name: one.event ?? one.type }))),
    early(found.before_identify),
  ].filter(Boolean));
}

const HEADS = ["Event", "Count", "Against the plan", "First seen", "Last seen", "Owner", "Plan"];

function table(title, entries) {
  if (!entries.length) return null;
  const heads = HEADS.slice(0, title === "Not in the plan" ? 5 : 7);
  const head = make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)));
  return make("div", { className: "scroll", tabIndex: 0, role: "region", aria: { label: title } },
    make("table", { className: "data" }, make("caption", {}, title), make("thead", {}, head), make("tbody", {}, ...entries.map((one) => line(one, heads.length)))));
}

function line(one, width) {
  const seen = (text) => (text ? clock(text) : "–");
  const cells = [
    one.count ? one.count.toLocaleString("en") : make("span", { className: "badge warn" }, "never"),
    one.violations ? make("span", { className: "badge bad" }, one.violations.toLocaleString("en")) : "–",
    seen(one.first_seen), seen(one.last_seen), one.owner ?? "–",
    one.place && `${one.place.file}:${one.place.line}`,
  ];
  const query = new URLSearchParams(["identify", "group"].includes(one.type) ? { type: one.type } : { event: one.name });
  const name = make("th", { scope: "row" }, make("a", { href: `?${query}`, data: { view: "events" } }, String(one.name)));
  if (one.is_deprecated) name.append(" ", make("span", { className: "tag" }, "deprecated"));
  return make("tr", {}, name, ...cells.slice(0, width - 1).map((cell) => make("td", {}, cell)));
}

function early(users) {
  if (!users.length) return null;
  const item = (one) => make("li", {}, make("code", {}, String(one.user_id)), `: ${plural(one.calls, "call")} before any identify, first `,
    make("a", { href: `?id=${one.number}`, data: { view: "events" } }, `${one.title} (#${one.number})`));
  return make("div", { className: "stack" }, make("h3", {}, "Users with calls before their first identify"), make("ul", {}, ...users.slice(0, 100).map(item)));
}

// --- The rest -----------------------------------------------------------------------

let covering = null;
function show(found) {
  summary = found;
  byId("plan").textContent = found.plan ? [found.plan.name, found.plan.file].filter(Boolean).join(" · ") : "no plan: only the form is checked";
  byId("trouble").hidden = !found.plan_trouble;
  byId("trouble-text").textContent = found.plan_trouble ?? "";
  for (const one of document.querySelectorAll("#verdicts button"))
    one.querySelector(".number").textContent = found.verdicts[one.value].toLocaleString("en");
  label();
  empty();
  if (view === "coverage") covering ??= setTimeout(() => { covering = null; cover(); }, 300);
}

function label() {
  byId("count").textContent = summary ? summary.count.toLocaleString("en") : "";
  byId("pause").textContent = held ? `Resume${held.length ? ` (${held.length.toLocaleString("en")})` : ""}` : "Pause";
  byId("pause").setAttribute("aria-pressed", held !== null);
}

function pause() {
  const arrived = held;
  held = arrived ? null : [];
  if (arrived) take(arrived);
  label();
}

function turn(to) {
  view = to;
  byId("events").hidden = view !== "events";
  byId("coverage").hidden = view !== "coverage";
  for (const link of document.querySelectorAll(".tabs a"))
    link.toggleAttribute("aria-current", link.dataset.view === view);
  remember();
  if (view === "coverage") cover();
  else render();
}

let typing = null;
function refilter() {
  clearTimeout(typing);
  typing = setTimeout(() => { remember(); list.scrollTop = 0; newer(0); listen(); }, 150);
}

for (const [verdict, [kind, text]] of Object.entries(VERDICTS))
  byId("verdicts").append(make("button", { type: "button", value: verdict, className: `chip ${kind}`, aria: { pressed: false }, onclick: (event) => {
    const button = event.currentTarget;
    button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
    refilter();
  } }, `${text} `, make("span", { className: "number" }, "0")));

filters.addEventListener("input", refilter);
filters.addEventListener("submit", (event) => event.preventDefault());
filters.addEventListener("reset", () => {
  for (const one of document.querySelectorAll("#verdicts button")) one.setAttribute("aria-pressed", false);
  refilter();
});
list.addEventListener("scroll", () => {
  if (list.scrollTop === 0) newer(0);
  requestAnimationFrame(render);
});
list.addEventListener("click", (event) => {
  const row = event.target.closest("[role=option]");
  if (row) select(Number(row.dataset.id));
});
byId("newer").onclick = () => { list.scrollTop = 0; list.focus(); };
byId("pause").onclick = pause;
byId("clear").onclick = () => { select(null); fetch("api/reset", { method: "POST" }); };
byId("keys-open").onclick = () => byId("keys").showModal();
addEventListener("resize", () => requestAnimationFrame(render));
addEventListener("click", (event) => {
  const link = event.target.closest("a[data-view]");
  if (!link || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  const query = new URL(link.href).searchParams;
  if (["event", "type", "id"].some((name) => query.has(name))) {
    history.replaceState(null, "", link.href);
    recall();
    listen();
    if (selected !== null) explain(selected);
  }
  turn(link.dataset.view);
});

const KEYS = {
  j: () => move(1), k: () => move(-1),
  ArrowDown: () => move(1), ArrowUp: () => move(-1),
  Home: () => rows.length && select(rows.at(-1).id), End: () => rows.length && select(rows[0].id),
  Enter: () => selected !== null && detail.focus(),
  p: pause,
  c: () => turn(view === "coverage" ? "events" : "coverage"),
  "/": () => { turn("events"); filters.elements.q.focus(); },
  "?": () => byId("keys").showModal(),
  Escape: () => { select(null); list.focus(); },
};
const IN_THE_LIST = ["ArrowDown", "ArrowUp", "Home", "End", "Enter"];

addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || byId("keys").open) return;
  if (target.matches("input, select")) {
    if (key === "Escape") { event.preventDefault(); list.focus(); }
    return;
  }
  if (!(key in KEYS) || (IN_THE_LIST.includes(key) && target !== list)) return;
  if (view !== "events" && ["j", "k"].includes(key)) return;
  event.preventDefault();
  KEYS[key]();
});

byId("exports").textContent = ["EVENTS_URL", "RAW_URL"].map((name) => `export USERLENS_${name}=${location.origin}\n`).join("") + "export USERLENS_WRITE_CODE=local-only";
recall();
listen();
turn(view);
if (selected !== null) explain(selected);
