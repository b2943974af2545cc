/** The demo shop's own script: choosing an option, a bag that only counts, and buttons that open the assistant. */
"use strict";

const read = (id) => JSON.parse(document.getElementById(id)?.textContent || "null");
const skus = read("skus") || [];
const words = read("words") || {};

function chosenOptions() {
  const checked = document.querySelectorAll(".options input:checked");
  return Object.fromEntries([...checked].map((input) => [input.name, input.value]));
}

function matching(options) {
  return skus.filter((sku) => Object.entries(options).every(([name, value]) => sku.options[name] === value));
}

function showChoice() {
  const options = chosenOptions();
  const [sku, ...others] = matching(options);
  const add = document.getElementById("add");
  const stock = document.getElementById("stock");
  if (!sku || others.length) return;
  const none = sku.stock === 0;
  const few = sku.stock !== null && sku.stock < words.fewer_than;
  document.getElementById("price").textContent = sku.price;
  stock.textContent = none ? words.no_stock : few ? words.few.replace("{n}", sku.stock) : words.stock;
  stock.dataset.none = none;
  add.disabled = none;
  // What cannot be had together with the other choices is shown, but faint.
  for (const input of document.querySelectorAll(".options input")) {
    const possible = matching({ ...options, [input.name]: input.value });
    input.parentElement.classList.toggle("faint", !possible.some((each) => each.stock !== 0));
  }
}

function chooseFirst() {
  const first = skus.find((sku) => sku.stock !== 0) || skus[0];
  for (const input of document.querySelectorAll(".options input")) {
    input.checked = first?.options[input.name] === input.value;
    input.addEventListener("change", showChoice);
  }
  if (first) showChoice();
}

function showBag(count) {
  const badge = document.getElementById("bag-count");
  badge.hidden = count === 0;
  badge.textContent = count;
}

function addToBag() {
  const count = Number(sessionStorage.getItem("demo-bag") || 0) + 1;
  sessionStorage.setItem("demo-bag", count);
  showBag(count);
  const toast = document.getElementById("toast");
  toast.textContent = words.added;
  toast.hidden = false;
  setTimeout(() => (toast.hidden = true), 2600);
}

chooseFirst();
showBag(Number(sessionStorage.getItem("demo-bag") || 0));
document.getElementById("add")?.addEventListener("click", addToBag);
document.querySelectorAll("[data-ask]").forEach((button) => button.addEventListener("click", () => window.storebot?.open()));
