// Search, folded code, light and dark. Every page can be read without this program. INDEX stands above: file, title of the page,
// place, heading and words of each section.
const found = document.getElementById("found");
const query = document.getElementById("query");
for (const element of document.querySelectorAll(".search, .choices")) element.hidden = false;

// The words around a place, none of them cut.
function around(words, at) {
  const from = words.lastIndexOf(" ", Math.max(0, at - 40)) + 1;
  const end = words.indexOf(" ", from + 140);
  const to = end < 0 ? words.length : end;
  return `${from > 0 ? "… " : ""}${words.slice(from, to)}${to < words.length ? " …" : ""}`;
}

// A result is a section that has every word that is asked for. Words of a heading count more.
function search(text) {
  const asked = text.toLowerCase().split(/\s+/).filter(Boolean);
  const results = INDEX.map(([file, title, place, heading, words]) => {
    const [above, below] = [`${title} ${heading}`.toLowerCase(), words.toLowerCase()];
    const has = asked.every((word) => above.includes(word) || below.includes(word));
    const score = asked.filter((word) => above.includes(word)).length;
    return { file, title, place, heading, has, score, near: around(words, below.indexOf(asked[0])) };
  });
  return asked.length ? results.filter((one) => one.has).sort((one, other) => other.score - one.score).slice(0, 20) : [];
}

query.addEventListener("input", () => {
  const results = search(query.value);
  const count = document.createElement("p");
  count.textContent = results.length === 1 ? "1 section" : `${results.length} sections`;
  const list = document.createElement("ol");
  for (const { file, title, place, heading, near } of results) {
    const link = document.createElement("a");
    link.href = place ? `${file}#${place}` : file;
    link.textContent = heading === title ? title : `${title}: ${heading}`;
    const item = document.createElement("li");
    item.append(link, document.createElement("br"), near);
    list.append(item);
  }
  found.replaceChildren(count, list);
  found.hidden = !query.value.trim();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") found.hidden = true;
  if (event.key === "/" && !/INPUT|TEXTAREA/.test(document.activeElement.tagName)) {
    event.preventDefault();
    query.focus();
  }
});
found.addEventListener("click", (event) => (found.hidden = !!event.target.closest("a")));

// What a reader has chosen is kept from page to page, where a browser allows it.
function kept(name, value) {
  try {
    if (value !== undefined) localStorage.setItem(name, value);
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

const code = document.getElementById("code");
function showCode(isShown) {
  code.setAttribute("aria-pressed", isShown);
  for (const cell of document.querySelectorAll("details.code")) cell.open = isShown;
}
code.addEventListener("click", () => {
  const isShown = code.getAttribute("aria-pressed") !== "true";
  kept("code", isShown);
  showCode(isShown);
});
if (kept("code") === "true") showCode(true);
if (!document.querySelector("details.code")) code.hidden = true;

const theme = document.getElementById("theme");
const preferred = matchMedia("(prefers-color-scheme: dark)");
function setTheme(name) {
  if (name) document.documentElement.dataset.theme = name;
  const isDark = name ? name === "dark" : preferred.matches;
  theme.textContent = isDark ? "Light" : "Dark";
  return isDark;
}
theme.addEventListener("click", () => {
  const name = setTheme(document.documentElement.dataset.theme) ? "light" : "dark";
  kept("theme", name);
  setTheme(name);
});
setTheme(kept("theme"));

// On a narrow page contents are folded; what scrolls sideways can be reached by keyboard.
if (matchMedia("(max-width: 60rem)").matches) document.querySelector(".contents details").open = false;
function reach() {
  for (const box of document.querySelectorAll("main pre, .wide, .equation, .output")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }
}
addEventListener("resize", reach);
document.addEventListener("toggle", reach, true);
reach();
