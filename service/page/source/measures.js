// The document as a whole, in words and small plots. No single score, on purpose.
import { el } from "./dom.js";

const percent = (value) => `${Math.round(100 * value)}%`;

function interval(name, estimate, top, write) {
  if (estimate.value === null) return el("p", {}, el("strong", {}, `${name}: `), `no value (${estimate.why}).`);
  const x = (value) => 4 + (192 * Math.min(value, top)) / top;
  const text = `${write(estimate.value)}, 95% interval ${write(estimate.low)} to ${write(estimate.high)}`;
  const plot = el("svg", { viewBox: "0 0 200 22", role: "img", "aria-label": `${name}: ${text}`, class: "plot" },
    el("line", { x1: 4, x2: 196, y1: 11, y2: 11, class: "axis" }),
    el("line", { x1: x(estimate.low), x2: x(estimate.high), y1: 11, y2: 11, class: "range" }),
    el("circle", { cx: x(estimate.value), cy: 11, r: 5, class: "dot" }));
  return el("div", {}, el("p", {}, el("strong", {}, `${name}: `), text, "."), plot);
}

function bars(name, counts, names) {
  const most = Math.max(1, ...Object.values(counts));
  const rows = Object.entries(counts).map(([id, count]) =>
    el("div", { class: "bar" }, el("span", {}, names.get(id) ?? id),
      el("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, el("rect", { x: 0, y: 1, height: 8, width: (100 * count) / most })),
      el("span", { class: "number" }, String(count))));
  return el("div", {}, el("p", {}, el("strong", {}, name)), ...rows);
}

export function drawMeasures(place, measures, labels, go) {
  if (!measures || !labels) {
    place.replaceChildren(el("p", { class: "quiet" }, "The measures appear when there is text."));
    return;
  }
  const names = (rows) => new Map(rows.map((row) => [row.id, row.name]));
  const factors = names(labels.factors);
  const { none, ...explained } = measures.attribution;
  const { none: idle, ...actions } = measures.actions;
  const rules = measures.five_rules.map((check) => {
    const button = el("button", { type: "button", class: "link" }, `Rule ${check.rule}: ${check.question}`);
    button.addEventListener("click", () => go(check.start, check.end));
    return el("li", {}, button);
  });
  place.replaceChildren(
    el("p", {}, `${measures.words.toLocaleString("en-GB")} words, ${measures.sentences} sentences, ${measures.counted_findings} counted findings.`),
    el("div", { class: "pair" },
      interval("Marked passages per 1,000 words", measures.blame_density, Math.max(20, measures.blame_density.high ?? 0), (value) => String(Number(value.toPrecision(2)))),
      interval("Sentences on human acts that name who acted", measures.accountability_visibility, 1, percent)),
    bars("Where sentences place the explanation", explained, names(labels.attributions)),
    el("p", { class: "quiet" }, `${none} sentences explain nothing. There is no right balance; the counts are for reading.`),
    bars("Corrective actions by strength", actions, names(labels.action_strengths)),
    bars("System factors (SEIPS)", measures.factors, factors),
    measures.not_yet_mentioned.length
      ? el("p", {}, el("strong", {}, "Not yet mentioned, was it considered? "), measures.not_yet_mentioned.map((id) => factors.get(id)).join(", "), ".")
      : null,
    rules.length ? el("div", {}, el("p", {}, el("strong", {}, "Five rules of causation: questions to the author")), el("ul", {}, ...rules)) : null,
    el("ul", {}, ...measures.notes.map((note) => el("li", {}, note))),
  );
}
