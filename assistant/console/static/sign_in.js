// Signs in over the API, which sets a cookie that no script can read, and goes on to where the user wanted to be.
const form = document.querySelector("form");
const wrong = document.querySelector("#wrong");

function destination() {
  const next = new URLSearchParams(location.search).get("next") ?? "";
  return /^\/console(\/[\w./-]*)?$/.test(next) ? next : "/console";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  wrong.hidden = true;
  let told = wrong.dataset.failed;
  try {
    const answer = await fetch("/v1/sign-in", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email: form.email.value, password: form.password.value }),
    });
    if (answer.ok) {
      location.assign(destination());
      return;
    }
    if (answer.status === 401) told = wrong.dataset.wrong;
    if (answer.status === 429) told = wrong.dataset.often;
  } catch {
    // The server cannot be reached: said below.
  }
  wrong.textContent = told;
  wrong.hidden = false;
  button.disabled = false;
  form.password.select();
});
