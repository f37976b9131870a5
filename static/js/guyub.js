// What script adds to pages that work without it. No dependency, no inline code, nothing evaluated.

const say = (text) => {
  const place = document.getElementById("kabar");
  if (place) place.textContent = text;
};

const toast = (text) => {
  const box = document.createElement("div");
  box.className = "toast";
  box.textContent = text;
  document.body.append(box);
  say(text);
  setTimeout(() => box.remove(), 10000);
};

const on = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  });

// Buttons that only script can serve stay hidden until it runs.
const reveal = (root) =>
  root.querySelectorAll("[data-copy], [data-print], [data-show-password]").forEach((element) => {
    element.hidden = false;
  });

on("click", "[data-copy]", async (button) => {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    toast(document.body.dataset.copied);
  } catch {
    button.insertAdjacentText("afterend", ` ${button.dataset.copy}`);
  }
});

on("click", "[data-print]", () => window.print());

// The phone's own share sheet, where there is one; otherwise the link to WhatsApp does its work.
on("click", "[data-share-url]", (link, event) => {
  if (!navigator.share) return;
  event.preventDefault();
  navigator.share({ text: link.dataset.shareText, url: link.dataset.shareUrl }).catch(() => {});
});

on("change", "[data-show-password] input", (check) => {
  const field = document.getElementById(check.parentElement.dataset.showPassword);
  if (field) field.type = check.checked ? "text" : "password";
});

// A stepper counts in place, unless its page wants every step sent.
on("click", "[data-step] button[value]", (button, event) => {
  event.preventDefault();
  const field = button.parentElement.querySelector("input");
  const count = Number(field.value) || 0;
  const { min = 0, max = Infinity } = field.dataset;
  field.value = Math.max(Number(min), Math.min(Number(max), count + Number(button.value)));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  say(field.value);
});

// Photos shrink before they travel: longest side as the field says, turned the right way up.
const shrink = async (file, side) => {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
  if (!small || small.size >= file.size) return file;
  return new File([small], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
};

on("change", "input[data-shrink]", async (field) => {
  const label = field.parentElement.querySelector("[data-file-label]");
  const chosen = [...field.files];
  if (label && chosen.length) label.textContent = chosen.map((file) => file.name).join(", ").slice(0, 24);
  field.shrinking = (async () => {
    const ready = new DataTransfer();
    for (const file of chosen) {
      ready.items.add(await shrink(file, Number(field.dataset.shrink)).catch(() => file));
    }
    field.files = ready.files;
  })();
});

// Sending: once only, says so on the button, waits for the signal and for photos still shrinking.
const waiting = new Map();

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  const button = event.submitter;
  if (form.dataset.sending) return event.preventDefault();
  const shrinking = [...form.querySelectorAll("input[data-shrink]")].filter((field) => field.shrinking);
  if (!navigator.onLine || shrinking.length) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!navigator.onLine) {
      waiting.set(form, button);
      return toast(document.body.dataset.offline);
    }
    await Promise.all(shrinking.map((field) => field.shrinking));
    shrinking.forEach((field) => delete field.shrinking);
    // Later: while the first sending is still being told of, a second one would be ignored.
    return setTimeout(() => form.requestSubmit(button));
  }
  if (form.closest("[hx-post], [hx-boost]") || form.target) return;
  form.dataset.sending = "1";
  setTimeout(() => delete form.dataset.sending, 15000); // an answer that is a file leaves the page open
  if (button?.dataset.busy) {
    // Only after the form has been read, so that the button's own name and value travel too.
    setTimeout(() => {
      button.dataset.label = button.innerHTML;
      button.textContent = button.dataset.busy;
      button.setAttribute("aria-busy", "true");
    });
  }
}, true);

addEventListener("online", () => {
  const sending = [...waiting];
  waiting.clear();
  sending.forEach(([form, button]) => form.isConnected && form.requestSubmit(button));
});

// Coming back by the back button finds the page as it was: let it be sent again.
addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sending]").forEach((form) => delete form.dataset.sending);
  document.querySelectorAll("[aria-busy][data-label]").forEach((button) => {
    button.innerHTML = button.dataset.label;
    button.removeAttribute("aria-busy");
  });
});

reveal(document);
document.querySelector("[data-focus]")?.focus();
document.addEventListener("htmx:after:swap", (event) => {
  reveal(document);
  event.target.querySelector?.("[data-focus]")?.focus();
});
