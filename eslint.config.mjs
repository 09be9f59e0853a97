// Lint rules. The arrows between the rooms (docs/adr/0001-rooms.md) are enforced here.
import tseslint from "typescript-eslint";

/** Room → rooms of agent/ it may import from. Everything may use `model` (nouns) and `time` (clocks, backoff). */
const rooms = {
  model: [],
  time: [],
  watch: ["model", "time"],
  config: ["model"],
  decide: ["model", "config"],
  plan: ["model", "config"],
  engine: ["model", "time", "plan"],
  reconcile: ["model", "time", "watch", "config", "decide", "plan", "engine"],
  serve: ["model", "time", "plan", "reconcile"],
  cli: ["model", "time", "watch", "config", "decide", "plan", "engine", "reconcile", "serve"],
};

/** Rooms that stay pure: no Node.js module, no clock, no randomness. */
const pure = ["model", "decide", "plan"];

const againstTheArrows = Object.entries(rooms).map(([room, may]) => {
  const never = Object.keys(rooms).filter((other) => other !== room && !may.includes(other));
  const patterns = [
    ...(never.length === 0
      ? []
      : [
          {
            regex: `^(\\.\\./)+(agent/)?(${never.join("|")})/`,
            message: `agent/${room} may import only from: ${may.join(", ") || "nothing"} (docs/adr/0001-rooms.md)`,
          },
        ]),
    { regex: "^(\\.\\./)+(test|lab|bench)/", message: "the agent does not import tests, lab or bench" },
    ...(pure.includes(room) ? [{ regex: "^node:(?!net$)", message: `agent/${room} does no I/O` }] : []),
  ];
  return {
    files: [`agent/${room}/**/*.ts`],
    ignores: ["**/*.test.ts"],
    rules: {
      "no-restricted-imports": ["error", { patterns }],
      ...(pure.includes(room) && {
        "no-restricted-globals": ["error", "process", "setTimeout", "setInterval", "performance", "fetch"],
        "no-restricted-properties": [
          "error",
          { object: "Date", property: "now", message: "time is an argument" },
          { object: "Math", property: "random", message: "randomness is an argument" },
        ],
      }),
    },
  };
});

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "**/*.pb.ts"] },
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ["**/*.ts"] })),
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "no-restricted-syntax": [
        "error",
        { selector: "ExportDefaultDeclaration", message: "named exports only" },
        { selector: "TSEnumDeclaration", message: "discriminated unions, no enums" },
      ],
      "max-lines": ["error", { max: 350 }],
    },
  },
  { files: ["vitest.config.ts"], rules: { "no-restricted-syntax": "off" } },
  ...againstTheArrows,
);
