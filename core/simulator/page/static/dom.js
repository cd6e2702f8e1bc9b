/** Builds elements. Outside text only ever becomes a text node or an attribute value, never markup. */

/**
 * @typedef {Node | string | number | null | undefined | false} Child
 * @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} Attributes
 */

/**
 * Make an element. A function value listens to the event of its name; `true` sets an empty attribute;
 * null, undefined and false leave the attribute out.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, String(value));
  }
  append(element, ...children);
  return element;
}

/**
 * @param {Node} parent
 * @param {...(Child | Child[])} children
 */
export function append(parent, ...children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/**
 * @param {string} id
 * @returns {any} the element; typed loosely because the page's own ids are known
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no element #${id}`);
  return element;
}

/**
 * @param {string | null | undefined} text
 * @returns {string | null} the address when it is plain http(s), else null
 */
export function safeUrl(text) {
  if (!text || !/^https?:\/\//i.test(text)) return null;
  return URL.canParse(text) ? new URL(text).href : null;
}

/**
 * @param {string} url an address that `safeUrl` let through
 * @param {...(Child | Child[])} children
 */
export function outsideLink(url, ...children) {
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer", title: url }, ...children);
}

let nextId = 0;

/** @param {string} stem @returns {string} an element id that is used nowhere else */
export function freshId(stem) {
  nextId += 1;
  return `${stem}-${nextId}`;
}
