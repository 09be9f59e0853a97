// Text that is meant to become more than text: in a configuration, a template, a terminal.
import fc from "fast-check";

const afterLine = [
  "neighbor 192.0.2.66 remote-as 66",
  "protocol bgp evil { }",
  "exit",
  "no router bgp",
  "! x",
  "# x",
];

/** What parts texts, words, lines and statements from what follows, and something to follow. */
export const hostileTexts: readonly string[] = [
  ...["\n", "\r", "\r\n", "\v", "\f", "\u0085", "\u2028"].map((end) => `x${end}${afterLine[0]}`),
  ...afterLine.map((line) => `x\n${line}\n`),
  'x"; disabled; #',
  "x'; disabled; #",
  'x\\"; disabled; #',
  "x}; protocol bgp evil { }; {",
  "x */ disabled; /*",
  "x; disabled; #",
  "/*",
  "#",
  "!",
  '"',
  "}",
  "{",
  ";",
  "\\",
  "x shutdown",
  "x\tshutdown",
  "x | include y",
  "{{x}}",
  "{{{password}}}",
  "${{x}}",
  "${x}",
  "$(reboot)",
  "`reboot`",
  "%s%n",
  "\u0000",
  "x\u0000shutdown",
  "\u001b[2J",
  "\u007f",
  "\u00a0x",
  "\u202egpj.exe",
  "\ud800",
  "__proto__",
  "constructor",
  "#= 192.0.2.66/32",
  "x\n#= 192.0.2.66/32 ",
  "BELLMAN-OUT-192.0.2.66",
  "x".repeat(10_000),
  "x\n".repeat(1_000),
  "",
  " ",
];

/** In place of a text, before it, behind it, or in its middle. */
export const injection: fc.Arbitrary<(text: string) => string> = fc
  .tuple(
    fc.oneof(fc.constantFrom(...hostileTexts), fc.string({ unit: "binary", maxLength: 40 })),
    fc.constantFrom("whole", "before", "behind", "within"),
  )
  .map(
    ([hostile, where]) =>
      (text) =>
        injected(text, hostile, where),
  );

export function injected(
  text: string,
  hostile: string,
  where: "whole" | "before" | "behind" | "within",
): string {
  const middle = Math.floor(text.length / 2);
  switch (where) {
    case "whole":
      return hostile;
    case "before":
      return hostile + text;
    case "behind":
      return text + hostile;
    case "within":
      return text.slice(0, middle) + hostile + text.slice(middle);
  }
}
