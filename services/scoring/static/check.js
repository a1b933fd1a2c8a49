// The check page: a file is read here, checked by a worker that is loaded with the page, and never sent anywhere.

const one = (id) => document.getElementById(id);
const words = JSON.parse(one("words").textContent);
const say = (key, values = {}) =>
  Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), words[key] ?? key);
const worker = new Worker(one("words").dataset.worker, { type: "module" });
const grouped = (checksum) => checksum.replace(/(.{8})(?=.)/g, "$1 ");
let asked = null;

function row(list, name, value) {
  const box = document.createElement("div");
  const [term, told] = [document.createElement("dt"), document.createElement("dd")];
  term.textContent = say(name);
  told.textContent = value;
  told.className = "num hash";
  box.append(term, told);
  list.append(box);
}

function show(isAccepted, title, rows, note) {
  one("working").hidden = true;
  one("answer").hidden = false;
  one("answer").dataset.accepted = String(isAccepted);
  one("told").className = `notice notice-${isAccepted ? "ok" : "err"}`;
  one("verdict").className = `verdict ${isAccepted ? "ok" : "wrong"}`;
  one("verdict").textContent = title;
  one("note").textContent = note;
  one("rows").replaceChildren();
  for (const [name, value] of rows) if (value !== "" && value !== undefined) row(one("rows"), name, value);
  one("answer").focus();
}

function accepted({ kind, root, ranks, results }) {
  const rows = [["kind", say(`kind_${kind}`)], ["root", grouped(root)], ["ranks", ranks], ["results", results || ""]];
  show(true, say("accepted"), [["file", asked], ...rows], one("root").value ? say("root_same") : say("root_compare"));
}

function refused({ code, place, expected, found }) {
  const short = (text) => (/^[0-9a-f]{64}$/.test(text) ? grouped(text) : text.length > 300 ? `${text.slice(0, 300)}…` : text);
  const where = ["statement", "division", "position", "code", "byte"].map((name) => [name, place[name]]);
  show(false, say("refused"), [["file", asked], ...where, ["expected", short(expected)], ["found", short(found)]], say(`code_${code}`));
}

worker.onmessage = ({ data }) => {
  if (data.ready) {
    document.documentElement.dataset.ready = "true";
  } else if (data.accepted) {
    accepted(data.accepted);
  } else if (data.refused) {
    refused(data.refused);
  } else {
    one("passed").max = data.all;
    one("passed").value = data.done;
  }
};

async function check(file) {
  asked = file.name;
  one("answer").hidden = true;
  one("working").hidden = false;
  one("passed").removeAttribute("value");
  const bytes = await file.arrayBuffer();
  worker.postMessage({ bytes, root: one("root").value.replace(/\s/g, "").toLowerCase() }, [bytes]);
}

one("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const [file] = one("bundle").files;
  if (file) check(file);
  else one("bundle").focus();
});
one("bundle").addEventListener("change", () => one("bundle").files[0] && check(one("bundle").files[0]));
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    one("form").classList.toggle("over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files[0]) check(event.dataTransfer.files[0]);
  });
}
