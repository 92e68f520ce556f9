// The page for many reports: choose files, say which column holds what, start, follow, download. Served as it is; nothing is bundled.
const FIELDS = [
  ["text", "Text of the report"], ["report_id", "Reference number"], ["date", "Date"], ["unit", "Ward or unit"],
  ["type", "Type of incident"], ["severity", "Severity"], ["staff_group", "Staff group"],
];
const DOCUMENTS = /\.(txt|md|docx|pdf)(\.(gz|bz2|xz|zst))?$/i;
const TEXT_TABLE = /\.(csv|tsv|jsonl|ndjson)$/i;
const HEAD = 1_000_000;
const ENDED = ["done", "failed", "cancelled"];
const STATES = { queued: "Waiting", running: "Running", done: "Done", failed: "Failed", cancelled: "Cancelled" };
const $ = (id) => document.getElementById(id);
const number = new Intl.NumberFormat("en-GB");
const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

let files = [];
let columns = [];
let suggested = {};
let limits = null;
let jobs = [];
let source = null;

function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) node.setAttribute(attribute, value);
  node.append(...children.filter((child) => child !== null));
  return node;
}

async function call(path, options) {
  const response = await fetch(path, options).catch(() => { throw new Error("The service cannot be reached. Check that it is running."); });
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Error(describe(answer, response.status));
  return answer;
}

function describe(answer, status) {
  const error = answer?.error;
  if (!error) return `The service answered with status ${status}.`;
  return [error.message, ...error.details.map((each) => `${each.where} ${each.problem}.`)].join(" ");
}

function show(error) {
  $("message").textContent = error ? error.message : "";
  $("message").hidden = !error;
}

const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${number.format(Math.round(bytes / 1e5) / 10)} MB`);

// --- choosing files and mapping columns ---

async function add(more) {
  show(null);
  for (const file of more) if (!files.some((each) => each.name === file.name)) files.push(file);
  await chosen();
}

async function chosen() {
  $("chosen").replaceChildren(...files.map((file) => {
    const remove = el("button", { type: "button", class: "link", "aria-label": `Remove ${file.name}` }, "Remove");
    remove.onclick = () => { files = files.filter((each) => each !== file); $("files").focus(); chosen(); };
    return el("li", {}, `${file.name} (${size(file.size)})`, remove);
  }));
  $("files").value = "";
  const total = files.reduce((sum, file) => sum + file.size, 0);
  const tooMuch = limits && (total > limits.max_upload_bytes || files.length > limits.max_upload_files);
  if (tooMuch) show(new Error(`These are ${files.length} files with ${size(total)}; one job takes ${number.format(limits.max_upload_files)} files and ${size(limits.max_upload_bytes)}. Remove some.`));
  $("start").disabled = !files.length || Boolean(tooMuch);
  await lookAtColumns(tooMuch ? [] : files);
}

async function lookAtColumns(among) {
  const table = among.find((file) => !DOCUMENTS.test(file.name) && !/\.zip$/i.test(file.name));
  const archive = among.some((file) => /\.zip$/i.test(file.name));
  [columns, suggested] = [[], {}];
  if (table) {
    const form = new FormData();
    form.append("file", TEXT_TABLE.test(table.name) ? table.slice(0, HEAD) : table, table.name);
    try {
      ({ columns, suggested } = await call("/v1/jobs/columns", { method: "POST", body: form }));
    } catch (error) {
      show(new Error(`${table.name}: ${error.message}`));
    }
    $("mapping-note").textContent = `The columns of ${table.name}. Several tables need the same columns.`;
  } else {
    $("mapping-note").textContent = "If the archive holds tables, write the names of their columns; documents need none.";
  }
  $("mapping").hidden = !columns.length && !(archive && !table);
  $("fields").replaceChildren(...FIELDS.map(([field, label]) => el("p", {}, el("label", { for: `column-${field}` }, label), choice(field))));
  $("keep").hidden = !columns.length;
  $("kept").replaceChildren(...columns.map((name, place) => el("p", {}, el("label", { class: "check" }, el("input", { type: "checkbox", value: name, id: `keep-${place}` }), name))));
}

function choice(field) {
  if (!columns.length) return el("input", { id: `column-${field}`, value: "" });
  const none = field === "text" ? [] : [el("option", { value: "" }, "(none)")];
  const select = el("select", { id: `column-${field}` }, ...none, ...columns.map((name) => el("option", { value: name }, name)));
  select.value = suggested[field] ?? (field === "text" ? columns[0] : "");
  return select;
}

function options() {
  const mapping = {};
  for (const [field] of FIELDS) if (!$("mapping").hidden && $(`column-${field}`).value) mapping[field] = $(`column-${field}`).value;
  const keep = [...document.querySelectorAll("#kept input:checked")].map((each) => each.value);
  if (keep.length) mapping.keep = keep;
  if ($("date-format").value) mapping.date_format = $("date-format").value;
  const chosenOptions = { mapping, title: $("title").value, with_text: $("with-text").checked, encoding: $("encoding").value || "utf-8" };
  return $("sheet").value ? { ...chosenOptions, sheet: $("sheet").value } : chosenOptions;
}

// --- sending ---

function send() {
  const form = new FormData();
  form.append("options", JSON.stringify(options()));
  for (const file of files) form.append("files", file, file.name);
  const request = new XMLHttpRequest(); // fetch cannot tell how much has been sent
  request.open("POST", "/v1/jobs");
  request.responseType = "json";
  request.upload.onprogress = (event) => { if (event.lengthComputable) $("upload").value = event.loaded / event.total; };
  return new Promise((resolve, reject) => {
    request.onload = () => (request.status === 202 ? resolve(request.response) : reject(new Error(describe(request.response, request.status))));
    request.onerror = () => reject(new Error("The upload broke off: the queue may be full, or the service was stopped. Try again in a while."));
    request.send(form);
  });
}

async function start(event) {
  event.preventDefault();
  show(null);
  $("start").disabled = true;
  $("upload").hidden = false;
  try {
    await send();
    files = [];
    $("status").textContent = "The files are here; the job waits for its turn.";
    $("title").value = "";
    await Promise.all([chosen(), refresh()]);
  } catch (error) {
    show(error);
    $("start").disabled = !files.length;
  } finally {
    $("upload").hidden = true;
    $("upload").value = 0;
  }
}

// --- jobs ---

async function refresh() {
  const answer = await call("/v1/jobs");
  ({ jobs, limits } = answer);
  $("limits").textContent = `At most ${number.format(limits.max_upload_files)} files and ${size(limits.max_upload_bytes)} a job. `
    + `Uploads are deleted when the job ends, tables and report after ${limits.retention_days} days. Nothing leaves this service.`;
  draw();
  follow();
}

/** One stream at a time: jobs run one after the other, and a browser opens few connections to one host. */
function follow() {
  const next = jobs.find((job) => job.state === "running") ?? jobs.findLast((job) => !ENDED.includes(job.state));
  if (source || !next) return;
  source = new EventSource(`/v1/jobs/${next.id}/events`);
  const stop = () => { source?.close(); source = null; };
  for (const state of Object.keys(STATES)) {
    source.addEventListener(state, (event) => {
      const job = JSON.parse(event.data);
      jobs = jobs.map((each) => (each.id === job.id ? job : each));
      draw();
      if (!ENDED.includes(job.state)) return;
      stop();
      $("status").textContent = `${name(job)}: ${STATES[job.state]}. ${progressOf(job)}`;
      refresh().catch(show);
    });
  }
  source.onerror = () => { if (source?.readyState === EventSource.CLOSED) { stop(); setTimeout(() => refresh().catch(show), 3000); } };
}

const name = (job) => job.options.title || `Job of ${day.format(new Date(job.created_at))}`;

function progressOf(job) {
  if (job.rows_total === null) return job.state === "running" ? "Counting the reports." : "";
  const failed = job.rows_failed ? ` ${number.format(job.rows_failed)} could not be read; the table of errors says why.` : "";
  return `${number.format(job.rows_done)} of ${number.format(job.rows_total)} reports read.${failed}`;
}

function draw() {
  const focused = document.activeElement?.id;
  $("none").hidden = jobs.length > 0;
  $("jobs").replaceChildren(...jobs.map(card));
  if (focused && focused !== document.activeElement?.id) $(focused)?.focus();
}

function card(job) {
  const title = el("h3", {}, name(job));
  const state = job.cancel_requested && job.state === "running" ? "Stopping" : STATES[job.state];
  const facts = el("p", {}, el("strong", {}, state), ` · ${job.files} ${job.files === 1 ? "file" : "files"}, ${size(job.upload_bytes)} · ${day.format(new Date(job.created_at))}`);
  const bar = job.state === "running" ? progress(job) : null;
  const counts = job.state === "queued" ? null : el("p", {}, progressOf(job));
  const message = job.message ? el("p", {}, job.message) : null;
  const until = job.expires_at ? el("p", { class: "quiet" }, `Kept until ${day.format(new Date(job.expires_at))}.`) : null;
  return el("li", {}, title, facts, bar, counts, message, until, actions(job));
}

function progress(job) {
  const bar = el("progress", { "aria-label": `Progress of ${name(job)}` });
  if (job.rows_total) { bar.max = job.rows_total; bar.value = job.rows_done; }
  return bar;
}

function actions(job) {
  const act = (text, method, path) => {
    const button = el("button", { type: "button", id: `${method}-${job.id}`, "aria-label": `${text}: ${name(job)}` }, text);
    button.onclick = () => { button.disabled = true; call(`/v1/jobs/${job.id}${path}`, { method }).then(refresh).catch(show); };
    return button;
  };
  const link = (text, path, more) => el("a", { href: `/v1/jobs/${job.id}${path}`, "aria-label": `${text}: ${name(job)}`, ...more }, text);
  if (!ENDED.includes(job.state)) return el("div", { class: "actions" }, act("Cancel", "POST", "/cancel"));
  const results = job.state === "done" ? [job.message ? null : link("Open the report", "/report", {}), link("Download the tables", "/result", { download: "" })] : [];
  return el("div", { class: "actions" }, ...results, act("Delete", "DELETE", ""));
}

$("files").onchange = () => add($("files").files).catch(show);
$("form").onsubmit = start;
for (const kind of ["dragover", "dragleave", "drop"]) {
  $("drop").addEventListener(kind, (event) => {
    event.preventDefault();
    $("drop").classList.toggle("over", kind === "dragover");
    if (kind === "drop") add(event.dataTransfer.files).catch(show);
  });
}
refresh().catch(show);
