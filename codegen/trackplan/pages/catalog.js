// The catalog's search and filters. They stand in the URL, so that a link shares them.
"use strict";
{
  const form = document.querySelector("#filters");
  const count = document.querySelector("#count");
  const none = document.querySelector("#none");
  const clear = form.querySelector("[type=reset]");
  const names = ["q", "owner", "tag", "status"];
  const sections = [...document.querySelectorAll("main section, nav > div")];
  const links = new Map(
    [...document.querySelectorAll("nav a")].map((link) => [link.getAttribute("href").slice(1), link.parentElement]),
  );
  const shown = ".entry:not([hidden]), nav li:not([hidden])";
  const lists = [...document.querySelectorAll("nav ul")];
  const entries = [...document.querySelectorAll(".entry")].map((element) => ({
    element,
    link: links.get(element.id),
    isEvent: element.closest("section").firstElementChild.id === "events",
    owner: element.dataset.owner,
    tags: JSON.parse(element.dataset.tags),
    status: element.dataset.status,
    text: "",
  }));
  const total = entries.filter((entry) => entry.isEvent).length;

  let pending = 0;

  const plain = (text) => text.normalize("NFKC").toLowerCase();

  function textOf(entry) {
    const parts = [...entry.element.children].filter((one) => !one.matches(".example, details"));
    return plain(parts.map((one) => one.textContent).join("\n"));
  }

  function fits(entry, terms, wanted) {
    return (
      (!wanted.owner || entry.owner === wanted.owner) &&
      (!wanted.tag || entry.tags.includes(wanted.tag)) &&
      (!wanted.status || entry.status === wanted.status) &&
      terms.every((term) => (entry.text ||= textOf(entry)).includes(term))
    );
  }

  function show(atOnce = Infinity) {
    const wanted = Object.fromEntries(names.map((name) => [name, form.elements[name].value]));
    const terms = plain(wanted.q).split(/\s+/).filter(Boolean);
    const hits = entries.filter((entry) => fits(entry, terms, wanted));
    const isHit = new Set(hits);
    for (const entry of entries) if (!isHit.has(entry)) hide(entry, true);
    unhide(hits, atOnce);
    none.hidden = hits.length > 0 || !entries.length;
    clear.hidden = names.every((name) => !wanted[name]);
    const events = hits.filter((entry) => entry.isEvent).length;
    const said = `${events} of ${total} event${total === 1 ? "" : "s"}`;
    if (count.textContent !== said) count.textContent = said;
  }

  function hide(entry, isHidden) {
    entry.element.hidden = isHidden;
    entry.link.hidden = isHidden;
  }

  // To show many takes long: who types sees the first ones at once, the others soon after.
  function unhide(hits, atOnce) {
    clearTimeout(pending);
    for (const entry of hits.slice(0, atOnce)) hide(entry, false);
    for (const list of lists) {
      const rows = list.querySelectorAll("li:not([hidden])").length;
      list.hidden = !rows;
      list.style.containIntrinsicHeight = `${rows * 1.5}rem`; // until it is scrolled to
    }
    for (const section of sections) section.hidden = !section.querySelector(shown);
    const rest = hits.slice(atOnce);
    if (rest.length) pending = setTimeout(() => unhide(rest, 200), 50);
  }

  function remember() {
    const url = new URL(location);
    for (const name of names) {
      const value = form.elements[name].value;
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    if (url.href !== location.href) history.replaceState(null, "", url);
  }

  function recall() {
    const given = new URLSearchParams(location.search);
    for (const name of names) form.elements[name].value = given.get(name) ?? "";
    reveal();
  }

  function change() {
    show(50);
    remember();
  }

  function linked() {
    try {
      return document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch {
      return null; // a stray % in the address
    }
  }

  // A link leads to its entry even where the filters hide it.
  function reveal() {
    show();
    const target = linked();
    if (target?.closest("[hidden]")) {
      for (const name of names) form.elements[name].value = "";
      show();
      remember();
    }
    target?.scrollIntoView();
  }

  form.addEventListener("input", change);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    for (const name of names) form.elements[name].value = "";
    change();
    form.elements.q.focus();
  });
  form.elements.q.addEventListener("keydown", (event) => {
    const first = entries.find((entry) => !entry.element.hidden);
    if (event.key === "Enter" && first) location.hash = first.element.id;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    form.elements.q.select();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-filter]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    form.elements[link.dataset.filter].value = link.textContent;
    change();
    count.scrollIntoView({ block: "nearest" });
  });
  addEventListener("popstate", recall);
  addEventListener("hashchange", reveal);

  const contents = document.querySelector(".contents");
  if (contents) contents.open = matchMedia("(min-width: 60rem)").matches;
  form.hidden = false;
  recall();
  // What is searched is read while nobody waits.
  const read = (deadline) => {
    const unread = entries.filter((entry) => !entry.text);
    for (const entry of unread) {
      if (deadline && deadline.timeRemaining() < 2) break;
      entry.text = textOf(entry);
    }
    if (unread.some((entry) => !entry.text)) requestIdleCallback(read);
  };
  if ("requestIdleCallback" in window) requestIdleCallback(read);
}
