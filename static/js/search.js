// Searching with less waiting. Forms and links work as well without: this only spares whole pages.

// Completions, from what the market sells.
const wire = (field) => {
  const list = document.createElement("datalist");
  list.id = `${field.id}-saran`;
  field.after(list);
  field.setAttribute("list", list.id);
  field.autocomplete = "off";
  let timer, asked = "";
  field.addEventListener("input", () => {
    clearTimeout(timer);
    const typed = field.value.trim();
    if (typed.length < 2 || typed === asked) return;
    timer = setTimeout(async () => {
      asked = typed;
      try {
        const answer = await fetch(`/cari/saran?q=${encodeURIComponent(typed)}`);
        if (!answer.ok || field.value.trim() !== typed) return;
        list.replaceChildren(...(await answer.json()).map(({ text }) => new Option("", text)));
      } catch {
        asked = ""; // no signal: typing on asks again
      }
    }, 180);
  });
};
document.querySelectorAll("input[type=search][name=q]").forEach((field) => {
  if (field.closest('[action="/cari"]')) wire(field);
});

// Only the list of results changes; the address changes with it.
const show = async (address, push = true) => {
  const place = document.getElementById("hasil");
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(answer.status);
    const holder = document.createElement("div");
    holder.innerHTML = await answer.text();
    const open = place.querySelector("details")?.open;
    place.replaceWith(holder.querySelector("#hasil"));
    const details = document.querySelector("#hasil details");
    if (details && open) details.open = true;
    if (push) history.pushState({ live: true }, "", answer.headers.get("HX-Push-Url") || address);
    tidy();
    document.getElementById("kabar").textContent = document.querySelector("#hasil h1").textContent;
  } catch {
    location.assign(address);
  }
};

const addressOf = (form) => {
  const said = new URLSearchParams(new FormData(form));
  [...said].forEach(([name, value]) => value || said.delete(name));
  return `${form.getAttribute("action")}?${said}`;
};
const tidy = () => document.querySelectorAll("[data-needless]").forEach((button) => (button.hidden = true));

document.addEventListener("submit", (event) => {
  if (!event.target.matches("#hasil form[data-live]")) return;
  event.preventDefault();
  show(addressOf(event.target));
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("#hasil form[data-live]");
  if (form && event.target.matches("select, input[type=checkbox], input[type=radio]")) show(addressOf(form));
});
addEventListener("popstate", () => document.getElementById("hasil") && show(location.href, false));
if (document.getElementById("hasil")) tidy();
