/** Small things every drawing part needs. Text from outside only ever becomes text nodes. */

/** An element: `on…` keys are listeners, true is an empty attribute, false and null are none; strings become text. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const ICONS = {
  chat: "M12 3.5c-4.97 0-9 3.4-9 7.6 0 2.3 1.2 4.35 3.1 5.75-.1 1.05-.5 2.1-1.2 2.95 1.6-.1 3.1-.65 4.3-1.5.9.25 1.83.4 2.8.4 4.97 0 9-3.4 9-7.6s-4.03-7.6-9-7.6Z",
  down: "m6 9.5 6 6 6-6",
  close: "m6.5 6.5 11 11m0-11-11 11",
  more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
  send: "M12 19V5.5m0 0-6 6m6-6 6 6",
  source: "M7 4h7l4 4v12H7zM14 4v4h4M10 13h5M10 16.5h5",
  bag: "M6 8h12l1 12H5zM9 8a3 3 0 0 1 6 0",
  star: "m12 4 2.5 5.1 5.6.8-4 4 .9 5.6-5-2.7-5 2.7.9-5.6-4-4 5.6-.8z",
  out: "M9 5H5v14h14v-4M13 5h6v6M19 5l-8 8",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** The address if following it is harmless (http, https, or relative to the page), else null. */
export function safeUrl(value) {
  if (!value) return null;
  try {
    const url = new URL(value, document.baseURI);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** Attributes of a link: the shop's own pages open in place, others in a new tab. */
export function linkTo(url) {
  const ours = new URL(url).origin === location.origin;
  return ours ? { href: url } : { href: url, target: "_blank", rel: "noopener noreferrer" };
}
