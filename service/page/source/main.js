// The page: an editor, the findings beside it, the chosen finding, the document as a whole.
import { history, historyKeymap, defaultKeymap, undo } from "@codemirror/commands";
import { EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, keymap, placeholder } from "@codemirror/view";
import { analyse, openDocument, saveDocx, taxonomy } from "./api.js";
import { drawMeasures } from "./measures.js";
import { el, example } from "./dom.js";

const byId = (id) => document.getElementById(id);
const setFindings = StateEffect.define();
const labels = await taxonomy().catch(() => null);
const categories = new Map((labels?.categories ?? []).map((category) => [category.id, category]));

let findings = [];
let sentences = [];
let chosen = null;
let dismissed = [];
let edited = 0;
let request = 0;

const marks = StateField.define({
  create: () => Decoration.none,
  update(value, transaction) {
    value = value.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(setFindings)) value = effect.value;
    return value;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorations() {
  const ranges = [];
  for (const sentence of sentences)
    if (sentence.protected) ranges.push(Decoration.mark({ class: "protected" }).range(sentence.start, sentence.end));
  for (const finding of findings) {
    const category = categories.get(finding.category);
    const look = finding.counted ? `shape-${category?.shape} colour-${category?.colour}` : "uncounted";
    const now = finding.id === chosen ? " chosen" : "";
    ranges.push(Decoration.mark({ class: `finding ${look}${now}`, attributes: { "data-finding": finding.id } }).range(finding.start, finding.end));
  }
  return Decoration.set(ranges, true);
}

const view = new EditorView({
  parent: byId("editor"),
  state: EditorState.create({
    extensions: [
      history(),
      keymap.of([...defaultKeymap, ...historyKeymap]),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": "Report text", spellcheck: "true", tabindex: "0" }),
      placeholder("Paste or type a report here, or open a file. Nothing leaves this machine and nothing is stored."),
      marks,
      EditorView.updateListener.of((update) => {
        if (update.docChanged) moved(update.changes);
      }),
      EditorView.domEventHandlers({
        click(event) {
          const target = event.target.closest?.("[data-finding]");
          if (target) choose(target.dataset.finding, false);
        },
        drop(event) {
          const file = event.dataTransfer?.files?.[0];
          if (!file) return false;
          event.preventDefault();
          open(file);
          return true;
        },
      }),
    ],
  }),
});

let timer;
function moved(changes) {
  const map = (range) => ({ ...range, start: changes.mapPos(range.start, 1), end: changes.mapPos(range.end, -1) });
  const suggestion = (each) => (each.start === null ? each : map(each));
  findings = findings
    .map((finding) => ({ ...map(finding), suggestions: finding.suggestions.map(suggestion) }))
    .filter((finding) => finding.start < finding.end);
  sentences = sentences
    .map((sentence) => ({ ...map(sentence), suggestions: sentence.suggestions.map(suggestion) }))
    .filter((sentence) => sentence.start < sentence.end);
  clearTimeout(timer);
  timer = setTimeout(refresh, 300);
}

async function refresh() {
  const mine = ++request;
  const text = view.state.doc.toString();
  if (!text.trim()) {
    show({ findings: [], sentences: [], measures: null });
    return;
  }
  try {
    const analysis = await analyse(text);
    if (mine !== request || text !== view.state.doc.toString()) return;
    say("");
    show(analysis);
  } catch (error) {
    if (mine === request) say(`${error.message} Your text is still here.`);
  }
}

function key(finding, text) {
  return `${finding.category}|${text.slice(finding.start, finding.end)}|${text.slice(Math.max(0, finding.start - 30), finding.start)}`;
}

function show(analysis) {
  const text = view.state.doc.toString();
  findings = analysis.findings.filter((finding) => !dismissed.includes(key(finding, text)));
  sentences = analysis.sentences;
  if (!findings.some((finding) => finding.id === chosen)) chosen = null;
  draw();
  drawMeasures(byId("measures"), analysis.measures, labels, (start, end) => select(start, end));
}

function draw() {
  view.dispatch({ effects: setFindings.of(decorations()) });
  const all = byId("show-uncounted").checked;
  const shown = findings.filter((finding) => finding.counted || all);
  const counted = findings.filter((finding) => finding.counted).length;
  const empty = !view.state.doc.length;
  byId("count").textContent = empty
    ? "No text yet."
    : counted
      ? `${counted} marked ${counted === 1 ? "passage" : "passages"}, ${findings.length - counted} shown but not counted.`
      : findings.length
        ? `No wording is counted; ${findings.length} ${findings.length === 1 ? "passage is" : "passages are"} shown grey. That says nothing about the quality of the explanation.`
        : "No wording was marked. That says nothing about the quality of the explanation.";
  byId("list").replaceChildren(...shown.map(item));
  byId("wording").hidden = !edited;
  byId("restore").hidden = !dismissed.length;
  const safe = safeEdits().length;
  byId("apply-all").hidden = !safe;
  byId("apply-all").textContent = `Apply all ${safe} safe ${safe === 1 ? "edit" : "edits"}`;
  advice();
  panel();
}

function safeEdits() {
  const edits = findings.flatMap((finding) => finding.suggestions.filter((each) => each.kind === "edit" && each.safe));
  return edits.filter((edit, place) => !place || edit.start >= edits[place - 1].end);
}

// Sentences with advice of their own and no counted finding: shown apart, never counted.
function advice() {
  const marked = (sentence) => findings.some((finding) => finding.counted && finding.start >= sentence.start && finding.start < sentence.end);
  const own = sentences.filter((sentence) => sentence.suggestions.length && !marked(sentence));
  byId("advice-box").hidden = !own.length;
  byId("advice-count").textContent = `Other sentences worth a look (${own.length}, not counted)`;
  if (!byId("advice-box").open) return;
  byId("advice").replaceChildren(
    ...own.map((sentence) => {
      const go = el("button", { type: "button", class: "link" }, view.state.sliceDoc(sentence.start, sentence.end));
      go.addEventListener("click", () => select(sentence.start, sentence.end));
      return el("li", {}, go, ...sentence.suggestions.map(offer));
    }),
  );
}

function words(finding) {
  return view.state.sliceDoc(finding.start, finding.end);
}

function item(finding) {
  const category = categories.get(finding.category);
  const sample = el("span", { class: finding.counted ? `shape-${category?.shape} colour-${category?.colour}` : "uncounted" }, words(finding));
  const note = finding.counted ? category?.name : `${category?.name}, not counted`;
  const button = el("button", { type: "button", class: "item", "aria-pressed": String(finding.id === chosen), "data-id": finding.id }, sample, el("span", { class: "note" }, note));
  button.addEventListener("click", () => choose(finding.id, true));
  button.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...byId("list").querySelectorAll(".item")];
    all[all.indexOf(button) + step]?.focus();
  });
  return el("li", {}, button);
}

function choose(id, scroll) {
  chosen = id;
  const finding = findings.find((each) => each.id === id);
  draw();
  if (finding && scroll) view.dispatch({ effects: EditorView.scrollIntoView(finding.start, { y: "center" }) });
  if (scroll) byId("list").querySelector(`[data-id="${id}"]`)?.focus();
}

function select(start, end) {
  view.dispatch({ selection: { anchor: start, head: end }, effects: EditorView.scrollIntoView(start, { y: "center" }) });
  view.focus();
}

function panel() {
  const place = byId("panel");
  const finding = findings.find((each) => each.id === chosen);
  if (!finding) {
    place.replaceChildren(el("p", { class: "quiet" }, "Choose a marked passage to see why it is marked and what to write or ask instead."));
    return;
  }
  const category = categories.get(finding.category);
  const band = finding.confidence >= 0.8 ? "high" : finding.confidence >= 0.65 ? "medium" : "low";
  const parts = [
    el("h3", {}, category?.name ?? finding.category),
    el("blockquote", {}, words(finding)),
    el("p", {}, finding.rationale),
    el("p", { class: "quiet" }, `${finding.standard}. Found by ${finding.source.replace(":", " ")}; confidence ${band}.`),
  ];
  if (!finding.counted) {
    const advice = finding.uncounted_because?.startsWith("protected")
      ? `This tool does not advise on this passage (${finding.uncounted_because.replace("protected: ", "")}). Follow your local route.`
      : `Shown but not counted: ${finding.uncounted_because}.`;
    parts.push(el("p", { class: "advice" }, advice));
  }
  parts.push(...finding.suggestions.map(offer));
  const whole = sentences.find((sentence) => finding.start >= sentence.start && finding.start < sentence.end)?.suggestions ?? [];
  if (finding.counted && whole.length) parts.push(el("h4", {}, "The sentence as a whole"), ...whole.map(offer));
  const dismiss = el("button", { type: "button", id: "dismiss" }, "Dismiss this mark");
  dismiss.addEventListener("click", () => {
    dismissed.push(key(finding, view.state.doc.toString()));
    findings = findings.filter((each) => each !== finding);
    chosen = null;
    draw();
    byId("count").focus();
  });
  parts.push(dismiss);
  place.replaceChildren(...parts);
}

const TITLES = { edit: "Edit", rewrite: "Rewrite with gaps", ask: "Ask", strengthen: "Could it be stronger?", restore_actor: "Say who acted" };
const WRITERS = { rules: "Written by rules", "language-model": "Written by the language model that you set up, and checked by the rules" };
const gaps = (words) => words.match(/\[[^\]]*\]/g) ?? [];

function offer(suggestion) {
  const box = el("div", { class: `offer offer-${suggestion.kind}` }, el("p", {}, el("strong", {}, TITLES[suggestion.kind])));
  if (suggestion.replacement !== null) {
    const old = view.state.sliceDoc(suggestion.start, suggestion.end);
    const fresh = suggestion.replacement ? el("ins", {}, ...marksOfGaps(suggestion.replacement)) : el("em", {}, "(leave out)");
    box.append(suggestion.kind === "edit" ? el("p", {}, el("del", {}, old), " → ", fresh) : el("p", {}, fresh));
    const apply = el("button", { type: "button", class: "apply" }, suggestion.safe ? "Apply (safe to apply)" : "Insert, then fill the gaps");
    apply.addEventListener("click", () => change([suggestion]));
    box.append(apply);
  }
  if (suggestion.question) {
    box.append(el("p", {}, suggestion.question));
    const copy = el("button", { type: "button" }, "Copy question");
    copy.addEventListener("click", () => copyText(suggestion.question));
    box.append(copy);
  }
  box.append(el("p", { class: "quiet" }, `${suggestion.reason} ${WRITERS[suggestion.written_by]}.`));
  return box;
}

function marksOfGaps(words) {
  return words.split(/(\[[^\]]*\])/).map((part) => (part.startsWith("[") ? el("mark", { class: "gap" }, part) : part));
}

function change(suggestions) {
  edited += suggestions.length;
  const changes = suggestions.map((each) => ({ from: each.start, to: each.end, insert: each.replacement }));
  view.dispatch({ changes, userEvent: "input.apply" });
  const [first] = suggestions;
  const gap = suggestions.length === 1 ? gaps(first.replacement)[0] : undefined;
  if (gap) {
    const from = first.start + first.replacement.indexOf(gap);
    select(from, from + gap.length);
    byId("status").textContent = `Fill the gaps: ${gaps(first.replacement).length} in square brackets.`;
  }
  draw();
}

function say(message) {
  byId("message").textContent = message;
  byId("message").hidden = !message;
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    byId("status").textContent = "Copied.";
  } catch {
    say("The browser did not allow copying. Select the text and copy it by hand.");
  }
}

async function open(file) {
  try {
    const { text, warnings } = await openDocument(file);
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    say(warnings.join(" "));
  } catch (error) {
    say(`${error.message} Your text is still here.`);
  }
}

function download(blob, name) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

byId("file").addEventListener("change", (event) => {
  if (event.target.files[0]) open(event.target.files[0]);
  event.target.value = "";
});
byId("open").addEventListener("click", () => byId("file").click());
byId("example").addEventListener("click", () => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: example } }));
byId("undo").addEventListener("click", () => undo(view));
byId("copy").addEventListener("click", () => copyText(view.state.doc.toString()));
byId("markdown").addEventListener("click", () => download(new Blob([view.state.doc.toString()], { type: "text/markdown" }), "report.md"));
byId("docx").addEventListener("click", async () => {
  try {
    download(await saveDocx(view.state.doc.toString()), "report.docx");
  } catch (error) {
    say(error.message);
  }
});
byId("show-uncounted").addEventListener("change", draw);
byId("apply-all").addEventListener("click", () => change(safeEdits()));
byId("advice-box").addEventListener("toggle", advice);
byId("restore").addEventListener("click", () => {
  dismissed = [];
  refresh();
});

byId("legend").replaceChildren(
  ...[...categories.values()].map((category) =>
    el("li", {}, el("span", { class: `shape-${category.shape} colour-${category.colour}` }, category.name), el("span", { class: "note" }, category.summary)),
  ),
);
if (!labels) say("The service did not answer. Start it with 'make serve' and reload the page.");
draw();
