import { describe, expect, test } from "vitest";
import { TemplateError } from "./template-error.ts";
import { compileTemplate } from "./template.ts";
import { Templates } from "./templates.ts";

const sample = { med: 1 as number | null, prefix: "10.0.0.0/8", to: [{ address: "192.168.1.1" }] };
const compile = (text: string) => compileTemplate({ place: "x.hbs", text }, sample);

describe("a template", () => {
  test("tells by if and each, and takes texts as they are", () => {
    const render = compile(
      "{{#if med}}med {{med}}{{else}}-{{/if}}{{#each to}} {{address}}{{#unless @last}},{{/unless}}{{/each}} {{prefix}}",
    );
    const to = [{ address: "a" }, { address: "b" }];
    expect(render({ med: null, prefix: "<&'", to })).toBe("- a, b <&'");
    expect(render({ med: 5, prefix: "", to: [] })).toBe("med 5 ");
  });

  test("may name what it goes through", () => {
    expect(compile("{{#each to as |one|}}{{one.address}}{{../prefix}}{{/each}}")(sample)).toBe(
      "192.168.1.110.0.0.0/8",
    );
  });
});

describe("a template that cannot be used is told before it is, with its file and line", () => {
  test.each([
    ["one\n{{#if med}}\n", /^x\.hbs:3: Expecting /],
    ["one\n{{med", /^x\.hbs:2: /],
    ["\n{{#each to}}{{/if}}", /^x\.hbs:2: each doesn't match if$/],
    ["\n\n{{> other}}", "x.hbs:3: there are no partials"],
    ["\n{{#> other}}{{/other}}", "x.hbs:2: there are no partials"],
    ['{{#*inline "a"}}{{/inline}}', "x.hbs:1: there are no partials and decorators"],
    ["{{shout prefix}}", 'x.hbs:1: there is no helper "shout"'],
    ["{{#eahc to}}{{/eahc}}", 'x.hbs:1: there is no helper "eahc"; did you mean each?'],
    ["{{#if (eq med 1)}}{{/if}}", 'x.hbs:1: there is no helper "eq"'],
    ["\n{{prefx}}", 'x.hbs:2: there is no "prefx"; did you mean prefix?'],
    ["{{#if med}}{{else}}\n{{prefx}}{{/if}}", 'x.hbs:2: there is no "prefx"; did you mean prefix?'],
    ["{{#if prefx}}{{/if}}", 'x.hbs:1: there is no "prefx"; did you mean prefix?'],
    ["{{#each to}}{{this.adress}}{{/each}}", 'x.hbs:1: there is no "adress"; did you mean address?'],
    ["{{address}}", 'x.hbs:1: there is no "address" here'],
    ["{{constructor}}", 'x.hbs:1: there is no "constructor"'],
    ["{{to.__proto__}}", 'x.hbs:1: there is no "__proto__"'],
    ["{{#each to}}{{this}}{{/each}}", "x.hbs: it prints something whole that has fields"],
    ["{{@level}}", 'x.hbs:1: there is no "level"'],
  ])("%j", (text, message) => {
    expect(() => compile(text)).toThrow(message);
    expect(() => compile(text)).toThrow(TemplateError);
  });
});

test("a user's template goes before the one that comes along", () => {
  const builtIn = { route: "own {{prefix}}", peer: "peer" };
  const overrides = new Map([["route", { place: "/site/bird/route.hbs", text: "site {{prefix}}" }]]);
  const templates = new Templates("bird", builtIn, overrides);
  expect(templates.compile("route", { prefix: "" })({ prefix: "10.0.0.0/8" })).toBe("site 10.0.0.0/8");
  expect(templates.compile("peer", {})({})).toBe("peer");
  expect(() => new Templates("bird", { route: "{{" }).compile("route", {})).toThrow(
    /^templates\/bird\/route\.hbs:1: /,
  );
});
