({
  // shown is what a person can see and press.
  shown(el) {
    const s = getComputedStyle(el);
    const r = el.getBoundingClientRect();
    return s.visibility !== "hidden" && s.display !== "none" && r.width > 0 && r.height > 0 && !el.closest("[inert], .unseen, .skip, dialog:not([open])");
  },
  name(el) {
    return el.tagName.toLowerCase() + (el.id ? "#" + el.id : "") + " " + (el.innerText || el.value || el.name || "").trim().slice(0, 30);
  },
  // box is the area that reacts: a box to tick counts with its label.
  box(el) {
    const r = el.getBoundingClientRect();
    const label = el.labels && /^(checkbox|radio)$/.test(el.type) ? el.labels[0]?.getBoundingClientRect() : null;
    if (!label) return r;
    return { width: Math.max(r.right, label.right) - Math.min(r.left, label.left), height: Math.max(r.bottom, label.bottom) - Math.min(r.top, label.top) };
  },
  inSentence(el) {
    return el.tagName === "A" && getComputedStyle(el).display === "inline" && el.parentElement.textContent.trim().length > el.textContent.trim().length;
  },
  targets(min) {
    return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
      .filter((el) => this.shown(el) && !this.inSentence(el))
      .map((el) => [el, this.box(el)])
      .filter(([, r]) => r.width < min - 0.5 || r.height < min - 0.5)
      .map(([el, r]) => `${this.name(el)}: ${r.width.toFixed(0)}×${r.height.toFixed(0)}`);
  },
  overflow() {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")]
      .filter((el) => this.shown(el) && el.getBoundingClientRect().right > width + 0.5)
      .map((el) => `${this.name(el)}: to ${el.getBoundingClientRect().right.toFixed(0)} of ${width}`).slice(0, 10);
  },
  // tofu draws every distinct character and compares it with one that no font
  // has: the same picture means an empty box.
  tofu() {
    const c = document.createElement("canvas");
    c.width = c.height = 40;
    const g = c.getContext("2d", { willReadFrequently: true });
    const draw = (ch) => {
      g.clearRect(0, 0, 40, 40);
      g.font = "32px " + getComputedStyle(document.body).fontFamily;
      g.fillText(ch, 2, 32);
      return g.getImageData(0, 0, 40, 40).data.join();
    };
    const box = draw("\u{10FFFD}");
    return [...new Set(document.body.innerText)].filter((ch) => /[^\s\u200B-\u200F\uFE0E\uFE0F]/u.test(ch) && draw(ch) === box);
  },
})
