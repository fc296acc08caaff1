// Wardfold: small conveniences on pages that work without them.
// An element asks for one by data-enhance. Text goes in by textContent only,
// so nothing here can turn data into markup or code.

const JSON_ONLY = { Accept: "application/json" };

// seconds calls tick(left) now and every second until nothing is left.
function seconds(n, tick) {
  const end = Date.now() + n * 1000;
  const step = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    tick(left);
    if (left > 0) setTimeout(step, 250);
  };
  step();
}

// go lets a server's answer lead only to paths of this site.
function go(path) {
  if (typeof path === "string" && /^\/(?![/\\])/.test(path)) location.assign(path);
}

const enhance = {
  // poll asks data-url every data-every seconds for {text, next}.
  poll(el) {
    const text = el.querySelector("[data-text]");
    const ask = async () => {
      let pause = Number(el.dataset.every) || 3;
      try {
        const r = await fetch(el.dataset.url, { headers: JSON_ONLY, cache: "no-store" });
        if (r.status === 204 || r.status === 410) return;
        if (r.ok) {
          const answer = await r.json();
          if (answer.text && answer.text !== text.textContent) text.textContent = answer.text;
          if (answer.next) return go(answer.next);
          if (answer.done) return;
        } else pause *= 4;
      } catch { pause *= 4; }
      setTimeout(ask, pause * 1000);
    };
    setTimeout(ask, 1000);
  },

  // settle gives a form that came back with its mistakes the address of its page,
  // so that Back and Reload ask for the page and not for the sending again.
  settle(el) {
    if (/^\/(?![/\\])/.test(el.dataset.path)) history.replaceState(null, "", el.dataset.path);
  },

  // copy puts data-copy on the clipboard and says so.
  copy(el) {
    if (!navigator.clipboard) return;
    el.hidden = false;
    const words = el.querySelector("span");
    const before = words.textContent;
    el.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(el.dataset.copy);
        words.textContent = el.dataset.done;
        setTimeout(() => { words.textContent = before; }, 4000);
      } catch { el.hidden = true; }
    });
  },

  // print opens the print dialog; without script the browser's own menu does.
  print(el) {
    el.hidden = false;
    el.addEventListener("click", () => self.print());
  },

  // countdown hides a value, or holds a button back, for data-seconds.
  countdown(el) {
    const value = el.querySelector("[data-value]");
    const left = el.querySelector("[data-left]");
    const button = el.querySelector("button");
    if (button) button.disabled = true;
    seconds(Number(el.dataset.seconds), (n) => {
      if (left) left.textContent = n > 0 ? left.dataset.left.replace("{0}", n) : "";
      if (n > 0) return;
      if (value) value.textContent = el.dataset.mask;
      if (button) button.disabled = false;
    });
  },

  // confirm asks once more in a dialog before the form is sent.
  confirm(form) {
    const dialog = document.querySelector(form.dataset.dialog);
    if (!dialog || !dialog.showModal) return;
    let sure = false;
    form.addEventListener("submit", (e) => {
      if (sure) return;
      e.preventDefault();
      dialog.returnValue = "";
      dialog.showModal();
    });
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      sure = true;
      form.requestSubmit();
    });
  },

  // filter hides the rows of a table that do not contain what is typed.
  filter(el) {
    const table = document.querySelector(el.dataset.target);
    const input = el.querySelector("input");
    const status = el.querySelector("[role=status]");
    if (!table) return;
    el.hidden = false;
    input.addEventListener("input", () => {
      const want = input.value.trim().toLowerCase();
      const rows = [...table.tBodies[0].rows];
      for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(want);
      status.textContent = want ? rows.filter((r) => !r.hidden).length + " / " + rows.length : "";
    });
  },

  // reveal shows one value in place, with the mark of who looked, and hides it
  // again. A refusal is shown in words; a needed sign-in goes there.
  reveal(form) {
    const box = form.closest(".masked");
    const value = box.querySelector("[data-value]");
    const mark = box.querySelector("[data-mark]");
    const button = form.querySelector("button");
    const mask = value.textContent;
    form.addEventListener("submit", async (e) => {
      e.preventDefault();
      button.disabled = true;
      try {
        const r = await fetch(form.action, { method: "POST", headers: JSON_ONLY, cache: "no-store", body: new URLSearchParams(new FormData(form)) });
        const answer = await r.json();
        if (!r.ok) {
          if (answer.next) return go(answer.next);
          mark.textContent = answer.detail || form.dataset.failed;
          button.disabled = false;
          return;
        }
        value.textContent = answer.value;
        value.dataset.mask = mask; // what a print-out shows meanwhile
        seconds(answer.seconds || 60, (n) => {
          mark.textContent = n > 0 ? answer.mark + " " + n : "";
          if (n > 0) return;
          value.textContent = mask;
          delete value.dataset.mask;
          button.disabled = false;
        });
      } catch {
        mark.textContent = form.dataset.failed;
        button.disabled = false;
      }
    });
  },

  // upload says at once that a file is too large, and stops a second sending.
  upload(input) {
    input.addEventListener("change", () => {
      const max = Number(input.dataset.max);
      const file = input.files[0];
      input.setCustomValidity(max && file && file.size > max ? input.dataset.tooLarge : "");
      input.reportValidity();
    });
    if (input.form) input.form.addEventListener("submit", (e) => {
      const b = input.form.querySelector("button[type=submit]");
      if (b && !e.defaultPrevented) setTimeout(() => { b.disabled = true; }, 0);
    });
  },

  // echo says in words which month or day the digits mean.
  echo(input) {
    const out = input.parentElement.querySelector(".echo");
    const show = () => {
      const d = input.value.normalize("NFKC").replace(/\D/g, "");
      const parts = [d.slice(0, 4), d.slice(4, 6), d.slice(6, 8)].map(Number);
      const full = d.length === (input.dataset.echo.includes("{2}") ? 8 : 6);
      const real = parts[1] >= 1 && parts[1] <= 12 && (d.length < 8 || (parts[2] >= 1 && parts[2] <= 31));
      out.textContent = full && real ? input.dataset.echo.replace(/\{(\d)\}/g, (_, i) => parts[i]) : "";
    };
    input.addEventListener("input", show);
    show();
  },

  // webauthn makes or uses a passkey: data-begin answers the options,
  // data-finish takes the credential and answers {next}. data-do is create or get.
  webauthn(el) {
    const make = el.dataset.do === "create";
    const parse = self.PublicKeyCredential && (make
      ? PublicKeyCredential.parseCreationOptionsFromJSON
      : PublicKeyCredential.parseRequestOptionsFromJSON);
    if (!parse) return;
    el.hidden = false;
    const button = el.querySelector("button");
    const words = el.querySelector("[role=status]");
    const post = (url, body) => fetch(url, { method: "POST", headers: { ...JSON_ONLY, "Content-Type": "application/json" }, body });
    button.addEventListener("click", async () => {
      button.disabled = true;
      words.textContent = "";
      try {
        const begin = await post(el.dataset.begin, "{}");
        const options = await begin.json();
        if (!begin.ok) throw new Error(options.detail);
        const publicKey = parse.call(PublicKeyCredential, options.publicKey);
        const credential = await navigator.credentials[make ? "create" : "get"]({ publicKey });
        const finish = await post(el.dataset.finish, JSON.stringify(credential.toJSON()));
        const answer = await finish.json();
        if (!finish.ok) throw new Error(answer.detail);
        go(answer.next);
      } catch (e) {
        words.textContent = e instanceof DOMException || !e.message ? el.dataset.failed : e.message;
        button.disabled = false;
      }
    });
  },
};

document.documentElement.classList.add("scripted");
for (const el of document.querySelectorAll("[data-enhance]")) {
  const f = enhance[el.dataset.enhance];
  if (f) f(el);
}
