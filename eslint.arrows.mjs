// The arrows between the rooms (docs/adr/0001-rooms.md) as lint rules.

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

/** One configuration per room: an import against the arrows is an error. */
export const againstTheArrows = Object.entries(rooms).map(([room, may]) => {
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
