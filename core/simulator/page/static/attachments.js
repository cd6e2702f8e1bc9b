/** The files that will go with the next message: chosen, pasted or dropped, shown above the message box. */

import { byId, el } from "./dom.js";

export class Attachments {
  constructor() {
    /** @type {File[]} */
    this.files = [];
    this.list = byId("chosen-files");
    this.button = byId("attach");
    const input = byId("file-input");
    this.button.addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      this.add(input.files);
      input.value = "";
    });
    byId("composer-text").addEventListener("paste", (event) => {
      if (event.clipboardData.files.length === 0 || this.button.disabled) return;
      event.preventDefault();
      this.add(event.clipboardData.files);
    });
    this.listenToDrops();
  }

  /** A file may be dropped anywhere: a browser would leave the page for one that missed the message box. */
  listenToDrops() {
    const { classList } = byId("text-form");
    const isFile = (event) => event.dataTransfer?.types.includes("Files") ?? false;
    document.addEventListener("dragover", (event) => {
      if (!isFile(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = this.button.disabled ? "none" : "copy";
      classList.toggle("dropping", !this.button.disabled);
    });
    document.addEventListener("dragleave", (event) => event.relatedTarget ?? classList.remove("dropping"));
    document.addEventListener("drop", (event) => {
      classList.remove("dropping");
      if (!isFile(event)) return;
      event.preventDefault();
      if (!this.button.disabled) this.add(event.dataTransfer.files);
    });
  }

  /** @param {boolean} isAllowed */
  allow(isAllowed) {
    this.button.disabled = !isAllowed;
    this.clear();
  }

  /** @param {Iterable<File>} files */
  add(files) {
    this.files.push(...files);
    this.show();
    byId("composer-text").focus();
  }

  clear() {
    this.files = [];
    this.show();
  }

  /** @param {File} file */
  remove(file) {
    this.files = this.files.filter((each) => each !== file);
    this.show();
    byId("composer-text").focus();
  }

  show() {
    const drop = (file) => ({ type: "button", class: "link-button", click: () => this.remove(file) });
    const rows = this.files.map((file) =>
      el(
        "li",
        {},
        el("bdi", {}, file.name),
        el("button", { ...drop(file), "aria-label": `Leave out ${file.name}` }, "✕"),
      ),
    );
    this.list.replaceChildren(...rows);
    this.list.hidden = rows.length === 0;
  }
}
