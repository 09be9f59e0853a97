import { expect, test } from "vitest";
import { TemplateError } from "../templates/template-error.ts";
import { frrTemplateTexts, Rendering } from "./rendering.ts";
import type { FrrTemplateName } from "./rendering.ts";

const make = (name: FrrTemplateName, text: string, joins = false) =>
  new Rendering(new Map([[name, { place: `${name}.hbs`, text }]]), { joins });

/** Of which template, what in it, what instead, and what is said. */
const faults: readonly (readonly [FrrTemplateName, string | RegExp, string, string])[] = [
  [
    "instance",
    "bgp router-id {{routerId}}",
    "",
    'instance.hbs: it makes no line "bgp router-id 192.168.1.10"',
  ],
  ["instance", "{{routerId}}", "192.0.2.7", 'instance.hbs: it makes no line "bgp router-id 192.168.1.10"'],
  ["instance", "{{restart.seconds}}", "60", 'it makes no line "bgp graceful-restart restart-time 120"'],
  [
    "instance",
    /$/,
    "neighbor 192.0.2.7 remote-as 65007\n",
    'instance.hbs:10: "neighbor 192.0.2.7 remote-as 65007" is a neighbour or a network',
  ],
  ["instance", /$/, "exit\n", 'instance.hbs:10: "exit" stands outside of router bgp'],
  [
    "attributes",
    /^/,
    "ip prefix-list SITE permit 10.0.0.0/8\n",
    'attributes.hbs:1: "ip prefix-list SITE permit 10.0.0.0/8" belongs to no route-map or large-community-list whose name begins with "BELLMAN-"',
  ],
  [
    "attributes",
    /$/,
    "{{#unless med}}\nip prefix-list {{name}} permit 10.0.0.0/8\n{{/unless}}",
    'attributes.hbs:23: "ip prefix-list BELLMAN-ROUTE-0 permit 10.0.0.0/8" belongs',
  ],
  ["attributes", "description {{description}}", "description mine", 'no line "description {{description}}"'],
  ["attributes", "route-map {{name}}", "route-map BELLMAN-MINE", 'it makes no route-map "BELLMAN-ROUTE-0"'],
  [
    "base",
    /$/,
    "route-map SITE permit 10\n",
    'base.hbs:5: "route-map SITE permit 10" belongs to no route-map',
  ],
  ["base", / seq 5/g, "", "base.hbs:3: "],
  ["base", "permit {{own.mark}}", "permit 01:2:3", "is shown by bgpd in other words"],
  ["base", "deny 1", "deny 01", 'base.hbs:1: "route-map BELLMAN-IN deny 01" is shown by bgpd in other words'],
  [
    "export",
    / match large-community \{\{own\}\}/,
    "exit\n match large-community 1",
    'export.hbs:31: "match large-community 1" belongs',
  ],
  ["export", /route-map \{\{.*?name\}\}/g, "route-map BELLMAN-X", "it makes no route-map"],
  ["file", "{{instance}}", "", "file.hbs: it leaves out instance, without which bgpd would begin"],
  ["file", "{{networks}}", "", "it leaves out families[].networks"],
  [
    "neighbor",
    /^/,
    "bgp log-neighbor-changes\n",
    'neighbor.hbs:1: "bgp log-neighbor-changes" is not about {{address}}',
  ],
  [
    "neighbor",
    "{{address}}",
    "192.0.2.7",
    'neighbor.hbs:1: "neighbor 192.0.2.7 remote-as 65001" is not about',
  ],
];

test.each(faults)("%s.hbs with %s → %j is told before anything is touched", (name, what, other, says) => {
  const text = frrTemplateTexts[name].replaceAll(
    what instanceof RegExp && !what.global ? new RegExp(what, "g") : what,
    other,
  );
  expect(text).not.toBe(frrTemplateTexts[name]);
  expect(() => make(name, text)).toThrow(says);
  expect(() => make(name, text)).toThrow(TemplateError);
});

test("lines of a site's own may stand where the agent knows them again", () => {
  const { attributes, base, export: exports, instance, neighbor } = frrTemplateTexts;
  make("attributes", attributes.replace("exit", " match ip address prefix-list SITE\n! a word\nexit"));
  make("base", `${base}route-map BELLMAN-SITE permit 10\n set origin igp\nexit\n`);
  make("export", exports.replace("match large-community {{own}}", "$&\n call SITE"));
  make("instance", `${instance}neighbor SITE peer-group\ntimers bgp 5 15\n`);
  make("neighbor", `no neighbor {{address}} capability route-refresh\n${neighbor}`);
});

test("what is not always there cannot be taken for granted", () => {
  const { attributes, neighbor } = frrTemplateTexts;
  const bfd = "neighbor {{address}} bfd 3 {{bfd.intervalMs}} {{bfd.intervalMs}}\n";
  expect(() => make("neighbor", bfd + neighbor)).toThrow('neighbor.hbs:1: there is no "intervalMs" here');
  const nextHop = attributes.replace("exit", " set ip next-hop {{nextHop.address}}\nexit");
  expect(() => make("attributes", nextHop)).toThrow('there is no "address" here');
});

test("a description of another kind will do, but not in a router bgp of somebody else's", () => {
  const text = frrTemplateTexts.neighbor.replace("{{description}}", "uplink of AS {{asn}}");
  make("neighbor", text);
  expect(() => make("neighbor", text, true)).toThrow(
    'neighbor.hbs: it makes no description that begins with "Bellman ", as --frr-adopt needs',
  );
});
