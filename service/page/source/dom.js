// Small elements and the example report (ours, invented).
export function el(name, attributes = {}, ...children) {
  const svg = ["svg", "rect", "line", "circle", "title"].includes(name);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) node.setAttribute(attribute, value);
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

export const example = `72-hour review: insulin given to the wrong patient 🏥

On 3 March at 22:10 a bank nurse gave 12 units of insulin to the patient in bed 4. It was prescribed for the patient in bed 14. The nurse failed to check the wristband and clearly did not follow the medicines policy. She should have asked a colleague for a second check.

There were two registered nurses for 28 patients, because one post was vacant and the agency shift had not been filled. The ward's only wristband scanner had been away for repair since January.

The patient's blood glucose fell to 2.9 mmol/L at 23:40. The registrar reviewed him at 23:55 and he recovered fully. His daughter said: "Somebody was careless and my father nearly died."

The handover was sloppy and left out the bed move. Root cause: human error.

Actions
1. The nurse has been reminded of the policy and told to be more vigilant.
2. The pharmacy will fit a second scanner to the drug trolley by 1 June.
`;
