/** What the page says about itself: its address, its title, and the product it shows. */

export function readPage(chosenProduct) {
  const product = productOnPage();
  const id = chosenProduct || product.id || metaProduct();
  const page = { url: location.href.split("#")[0].slice(0, 2000), title: document.title.slice(0, 300) };
  return id ? { ...page, product_id: id } : page;
}

/** The name of the product the shopper looks at, or "" where the page shows none. */
export function productName(chosenProduct) {
  const product = productOnPage();
  if (product.name && (!chosenProduct || chosenProduct === product.id)) return product.name;
  return chosenProduct || product.id || metaProduct() ? document.title : "";
}

function metaProduct() {
  return document.querySelector('meta[name="product-id"]')?.content || null;
}

/** {id, name} of the first schema.org Product in the page's JSON-LD. */
function productOnPage() {
  for (const script of document.querySelectorAll('script[type="application/ld+json"]')) {
    try {
      const product = findProduct(JSON.parse(script.textContent));
      if (product) return { id: textOf(product.sku) || textOf(product.productID), name: textOf(product.name) };
    } catch {
      // Somebody else's malformed JSON-LD is no reason to fail.
    }
  }
  return { id: null, name: null };
}

function findProduct(node) {
  if (Array.isArray(node)) return node.map(findProduct).find(Boolean) || null;
  if (!node || typeof node !== "object") return null;
  if ([node["@type"]].flat().includes("Product")) return node;
  return node["@graph"] ? findProduct(node["@graph"]) : null;
}

function textOf(value) {
  return typeof value === "string" || typeof value === "number" ? String(value) : null;
}
