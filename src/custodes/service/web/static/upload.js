/* Sends a large file in pieces, and goes on where it stopped. Without scripts the form sends it whole. */
"use strict";
const form = document.getElementById("upload");
if (form) {
  const told = document.getElementById("progress");
  const key = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const ask = async (place, body) => {
    const answer = await fetch(place, { method: "POST", headers: { "X-CSRFToken": key }, body });
    if (answer.redirected) throw new Error("You are no longer signed in: sign in, then go on.");
    const kind = answer.headers.get("Content-Type") || "";
    const read = kind.includes("json") ? await answer.json() : {};
    if (!answer.ok && answer.status !== 409) throw new Error(read.error || "The service refused it (" + answer.status + ").");
    return read;
  };
  const patiently = async (place, body) => {
    for (let wait = 1; ; wait *= 2) {
      try {
        return await ask(place, body);
      } catch (error) {
        if (!(error instanceof TypeError) || wait > 64) throw error;
        told.textContent = "The line broke. It is tried again in " + wait + " seconds.";
        await new Promise((done) => setTimeout(done, wait * 1000));
      }
    }
  };
  const send = async (file) => {
    const start = new FormData(form);
    start.delete("file");
    start.set("name", file.name);
    start.set("size", file.size);
    start.set("mark", [file.name, file.size, file.lastModified].join("|").slice(-64));
    const made = await ask(form.dataset.begin, start);
    const place = form.dataset.files + made.number + "/";
    let at = made.received;
    while (at < file.size) {
      const read = await patiently(place + "piece/?at=" + at, file.slice(at, at + made.piece));
      at = read.received;
      told.textContent = Math.floor((100 * at) / file.size) + " % of " + file.name + " sent";
    }
    const done = await patiently(place + "whole/", null);
    if (done.error) throw new Error(done.error);
    location.assign(done.place || form.dataset.files);
  };
  form.addEventListener("submit", (event) => {
    const file = form.querySelector("[name=file]").files[0];
    if (!file || file.size <= Number(form.dataset.piece)) return;
    event.preventDefault();
    form.querySelector("button").disabled = true;
    send(file).catch((error) => {
      told.textContent = error.message + " What was sent is kept: choose the same file to go on.";
      form.querySelector("button").disabled = false;
    });
  });
}
