"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  document.documentElement.classList.add("scripted");
  const list = $("list");
  const items = [...list.querySelectorAll("details.f")];

  // What stands in a noscript element is text to a browser with scripts, until it is wanted.
  const fill = (el) => {
    const inert = el.querySelector(":scope > noscript");
    if (!inert) return;
    const t = document.createElement("template");
    t.innerHTML = inert.textContent;
    inert.replaceWith(t.content);
  };
  document.addEventListener("toggle", (e) => e.target.open && fill(e.target), true);

  let index; // what is searched in, made when somebody searches
  const words = (el) => {
    index ??= new Map(items.map((el) => [el, (el.firstElementChild.textContent + " " + el.dataset.vendor + " " + el.dataset.owner + " " + el.dataset.repository + " " + el.id).toLowerCase()]));
    return index.get(el);
  };
  const has = (el, key, value) => el.dataset[key].split("\n").includes(value);
  const query = $("q"), group = $("group"), selects = [...document.querySelectorAll("[data-filter]")];

  const sift = () => {
    const wanted = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    for (const el of items) {
      const ok = wanted.every((w) => words(el).includes(w)) && selects.every((s) => !s.value || has(el, s.dataset.filter, s.value));
      el.hidden = !ok;
      if (ok) n++;
    }
    $("shown").textContent = n === items.length ? "" : n + " of " + items.length + " shown";
    $("none").hidden = n > 0 || items.length === 0;
    for (const h of list.querySelectorAll("h3")) {
      let at = h.nextElementSibling, any = false;
      for (; at && at.tagName !== "H3"; at = at.nextElementSibling) any = any || !at.hidden;
      h.hidden = !any;
    }
  };

  const original = [...list.children];
  const arrange = () => {
    const key = group.value;
    if (!key) {
      list.replaceChildren(...original);
    } else {
      const by = new Map();
      for (const el of items) {
        const name = el.dataset[key].split("\n")[0];
        if (!by.has(name)) by.set(name, []);
        by.get(name).push(el);
      }
      const out = [];
      for (const name of [...by.keys()].sort()) {
        const h = document.createElement("h3");
        h.textContent = name;
        out.push(h, ...by.get(name));
      }
      list.replaceChildren(...out, ...original.filter((el) => el.matches("details.extra")));
    }
    sift();
  };

  for (const s of selects) s.addEventListener("change", sift);
  query.addEventListener("input", sift);
  query.addEventListener("keydown", (e) => {
    if (e.key === "Escape") {
      query.value = "";
      sift();
    }
  });
  group.addEventListener("change", arrange);
  document.querySelector(".filters").addEventListener("submit", (e) => e.preventDefault());

  // Many are opened in steps, so that the page goes on to answer.
  const openAll = (els) => {
    for (const el of els.splice(0, 40)) {
      fill(el);
      el.open = true;
    }
    if (els.length) requestAnimationFrame(() => openAll(els));
  };
  $("expand").addEventListener("click", () => {
    const shown = items.filter((el) => !el.hidden);
    if (shown.every((el) => el.open)) for (const el of shown) el.open = false;
    else openAll(shown.filter((el) => !el.open));
    $("expand").textContent = $("expand").textContent === "Open all" ? "Close all" : "Open all";
  });

  list.addEventListener("keydown", (e) => {
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[e.key];
    if (!step || e.target.tagName !== "SUMMARY" || e.altKey || e.ctrlKey || e.metaKey) return;
    const shown = [...list.querySelectorAll("details.f:not([hidden])")];
    const next = shown[shown.indexOf(e.target.parentElement) + step];
    if (!next) return;
    e.preventDefault();
    next.firstElementChild.focus();
  });

  const follow = () => {
    const el = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!el || !el.matches("details")) return;
    el.hidden = false;
    fill(el);
    el.open = true;
    el.scrollIntoView();
    el.firstElementChild.focus({ preventScroll: true });
  };
  addEventListener("hashchange", follow);
  follow();

  document.addEventListener("click", async (e) => {
    const id = e.target.dataset && e.target.dataset.copy;
    if (!id) return;
    const source = $(id);
    let ok = false;
    try {
      await navigator.clipboard.writeText(source.textContent);
      ok = true;
    } catch {
      getSelection().selectAllChildren(source);
      ok = document.execCommand("copy");
    }
    e.target.textContent = ok ? "Copied" : "Select and copy";
    setTimeout(() => (e.target.textContent = "Copy"), 2000);
  });

  // A browser may refuse to keep anything for a page from a file.
  const kept = (key, value) => {
    try {
      if (value === undefined) return localStorage.getItem(key);
      return value ? localStorage.setItem(key, "1") : localStorage.removeItem(key);
    } catch {
      return null;
    }
  };
  for (const box of document.querySelectorAll("[data-step]")) {
    const key = "jwtretire " + document.title + " " + box.dataset.step;
    box.checked = kept(key) === "1";
    box.addEventListener("change", () => kept(key, box.checked));
  }

  // On paper nothing can be opened. Of very many only what is open is printed whole.
  addEventListener("beforeprint", () => {
    const shown = items.filter((el) => !el.hidden);
    if (shown.length <= 300)
      for (const el of shown) {
        fill(el);
        el.open = true;
      }
  });
})();
