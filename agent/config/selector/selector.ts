// Calico's selector language as a tree: what it means for a set of labels, and how it is written.

/** `k != 'v'` is `not` of `equals`, `k not in {…}` of `in`: both hold where the label is absent, as in Calico. */
export type Selector =
  | { readonly t: "all" }
  | { readonly t: "has"; readonly label: string }
  | { readonly t: Comparison; readonly label: string; readonly value: string }
  /** Values sorted, each once. */
  | { readonly t: "in"; readonly label: string; readonly values: readonly string[] }
  | { readonly t: "not"; readonly operand: Selector }
  /** Two operands at least, none of them of the same kind. */
  | { readonly t: "and" | "or"; readonly operands: readonly Selector[] };

export type Comparison = "equals" | "contains" | "startsWith" | "endsWith";

type Labels = Readonly<Record<string, string>>;

/** Whether an object with these labels is chosen. */
export function selects(selector: Selector, labels: Labels): boolean {
  switch (selector.t) {
    case "all":
      return true;
    case "has":
      return Object.hasOwn(labels, selector.label);
    case "equals":
      return valueOf(labels, selector.label) === selector.value;
    case "contains":
      return valueOf(labels, selector.label)?.includes(selector.value) === true;
    case "startsWith":
      return valueOf(labels, selector.label)?.startsWith(selector.value) === true;
    case "endsWith":
      return valueOf(labels, selector.label)?.endsWith(selector.value) === true;
    case "in": {
      const value = valueOf(labels, selector.label);
      return value !== undefined && selector.values.includes(value);
    }
    case "not":
      return !selects(selector.operand, labels);
    case "and":
      return selector.operands.every((operand) => selects(operand, labels));
    case "or":
      return selector.operands.some((operand) => selects(operand, labels));
  }
}

const operators = {
  equals: "==",
  contains: "contains",
  startsWith: "starts with",
  endsWith: "ends with",
} as const satisfies Record<Comparison, string>;

/** The shortest text that is read as this selector; equal for selectors that differ in spelling only. */
export function selectorText(selector: Selector): string {
  switch (selector.t) {
    case "all":
      return "all()";
    case "has":
      return `has(${selector.label})`;
    case "in":
      return `${selector.label} in ${setText(selector.values)}`;
    case "not":
      return negatedText(selector.operand);
    case "and":
      return selector.operands
        .map((operand) => (operand.t === "or" ? `(${selectorText(operand)})` : selectorText(operand)))
        .join(" && ");
    case "or":
      return selector.operands.map(selectorText).join(" || ");
    default:
      return `${selector.label} ${operators[selector.t]} ${valueText(selector.value)}`;
  }
}

function negatedText(operand: Selector): string {
  switch (operand.t) {
    case "equals":
      return `${operand.label} != ${valueText(operand.value)}`;
    case "in":
      return `${operand.label} not in ${setText(operand.values)}`;
    case "and":
    case "or":
      return `!(${selectorText(operand)})`;
    default:
      return `!${selectorText(operand)}`;
  }
}

function setText(values: readonly string[]): string {
  return `{${values.map(valueText).join(", ")}}`;
}

/** There is no escape: a value holds one kind of quote at most. */
function valueText(value: string): string {
  return value.includes("'") ? `"${value}"` : `'${value}'`;
}

function valueOf(labels: Labels, label: string): string | undefined {
  return Object.hasOwn(labels, label) ? labels[label] : undefined;
}
