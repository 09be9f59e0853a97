import { describe, expect, it, test } from "vitest";
import { playOffline } from "./offline.ts";
import { parseScenario } from "./scenario.ts";

const given = `title: a service
rows: [A1]
given:
  - kind: BGPConfiguration
    metadata: { name: default }
    spec: { serviceClusterIPs: [{ cidr: 10.49.0.0/16 }] }
steps:
  - step: nothing happens
`;

function parse(text: string) {
  return parseScenario("sample", "/somewhere/sample/scenario.yaml", text);
}

describe("a scenario file", () => {
  test.each([
    [
      "a field that is not there",
      `${given}    apply_: []\n`,
      /scenario\.yaml:9: there is no field "apply_" here/,
    ],
    ["text that is no YAML", "title: [\n", /scenario\.yaml:2: /],
    ["no steps", "title: a service\n", /scenario\.yaml:1: a scenario needs steps/],
    ["an object of another kind", `${given}    apply: [{ kind: Pod }]\n`, /:9: not an object of a kind that/],
    ["a file that is not there", `${given}    apply: [web.yaml]\n`, /:9: there is no file "web.yaml"/],
    ["a name without a kind", `${given}    delete: [web]\n`, /:9: "web" is not KIND\/NAME/],
    [
      "a node that is not there",
      `${given}    then:\n      routes: { 10.49.0.0/16: { n9: Aggregate } }\n`,
      /:10: .*"n9"/,
    ],
    [
      "a word that is no reason",
      `${given}    then:\n      refused: { 10.49.0.1: Because }\n`,
      /:10: "Because"/,
    ],
  ])("with %s is refused with file and line", (_what, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
  it("whose settings the agent would not take is refused with the agent's words", () => {
    const text = given.replace("rows: [A1]", "settings: { terminating: sometimes }");
    expect(() => playOffline(parse(`${text}    then: { routes: {} }\n`))).toThrow(/--terminating/);
  });
  it("that patches what is not there is refused with the step's line", () => {
    expect(() => playOffline(parse(`${given}    patch: { Service/web: {} }\n`))).toThrow(
      /:8: there is no Service/,
    );
  });
});

describe("what is other than expected", () => {
  it("is told with line, step, prefix and node: a route too many", () => {
    const [first, ...others] = playOffline(parse(`${given}    then: {}\n`));
    expect(first).toMatch(
      /:8: after "nothing happens": 10\.49\.0\.0\/16 on n1: expected nothing, found .*Aggregate/,
    );
    expect(others).toHaveLength(2);
  });
  it("a route that is missing, a reason that is another, a problem that is not there", () => {
    const then = `    then:
      routes: { 10.49.0.0/16: Aggregate, 10.49.0.1/32: { n2: LocalEndpoints } }
      refused: { 10.49.0.2: NoEndpoints }
      problems: [error Service/default/web spec]
`;
    const found = playOffline(parse(given + then)).join("\n");
    expect(found).toContain("10.49.0.1/32 on n2: expected");
    expect(found).toContain("10.49.0.2 on n3: expected NoEndpoints, found no verdict");
    expect(found).toContain('no problem "error Service/default/web spec"');
  });
});
