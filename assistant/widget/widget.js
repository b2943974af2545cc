/**
 * storebot: one script tag puts the store's assistant on a page.
 *
 *   <script src="https://HOST/widget.js" data-store="demo" data-product="ID" data-language="auto" async></script>
 *
 * This file only reads the tag, puts `window.storebot` in place and loads the widget's modules from the same host.
 * Calls made before they have arrived are kept and carried out in order.
 */
(() => {
  "use strict";

  const script = document.currentScript;
  if (!script || window.storebot) return;
  if (!script.dataset.store) {
    console.error('storebot: the script tag needs data-store="YOUR-STORE-ID"');
    return;
  }

  const events = new EventTarget();
  const config = {
    host: new URL(script.src).origin,
    base: new URL("widget/", script.src).href,
    store: script.dataset.store,
    product: script.dataset.product || null,
    language: script.dataset.language || "auto",
    theme: script.dataset.theme || "auto",
    nonce: script.nonce || "",
    emit: (name, detail) => events.dispatchEvent(new CustomEvent(name, { detail })),
  };

  const widget = import(new URL("main.js", config.base).href).then((module) => module.start(config));
  widget.catch((error) => console.error("storebot: the widget could not be loaded", error));
  const later = (method) => (...args) => widget.then((ready) => ready[method](...args));

  window.storebot = Object.freeze({
    open: later("open"),
    close: later("close"),
    /** Say which product the page shows now, for shops that change pages without loading them. */
    setProduct: later("setProduct"),
    /** Listen to open, close, message, reply, handoff, rating or error; returns a function that stops listening. */
    on(name, listener) {
      const relay = (event) => listener(event.detail);
      events.addEventListener(name, relay);
      return () => events.removeEventListener(name, relay);
    },
  });
})();
