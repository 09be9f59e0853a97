import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rackManifests, runCommand, writeManifests } from "./command.fixture.ts";
import { explainCommand } from "./explain.ts";
import { planCommand } from "./plan.ts";
import { validateCommand } from "./validate.ts";

const filtered = `
apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata: {name: aggregates}
spec:
  exportV4:
    - {cidr: 0.0.0.0/0, matchOperator: In, prefixLength: {max: 31}, action: Accept,
       operations: [{addCommunity: {value: "64512:7"}}, {prependASPath: {prefix: [65009]}}]}
    - {action: Reject}
---
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: tor2}
spec: {peerIP: 192.168.1.2, asNumber: 65002, filters: [aggregates]}
---
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: tor3}
spec: {peerIP: 192.168.1.3, asNumber: 65003, filters: [agregates]}
`;

let directory: string;
beforeAll(() => {
  directory = writeManifests({ "rack.yaml": rackManifests, "filtered.yaml": filtered });
});
afterAll(() => rmSync(directory, { recursive: true }));

const missing = 'there is no BGPFilter "agregates"; nothing is sent to this peer; did you mean "aggregates"?';

describe("export filters", () => {
  it("decide what the plan has for each peer, and with which attributes", async () => {
    const { code, stdout } = await runCommand(planCommand, ["-f", directory, "--node", "n2", "-o", "json"]);
    const attributes = {
      communities: ["64512:7"],
      largeCommunities: [],
      med: null,
      localPref: null,
      path: [65009],
    };
    const host = "10.49.0.1/32";
    expect(JSON.parse(stdout)).toMatchObject({
      routes: [{ prefix: "10.49.0.0/16" }, { prefix: host }, { prefix: "192.168.3.0/24" }],
      peers: [
        { name: "tor1", routes: ["10.49.0.0/16", host, "192.168.3.0/24"] },
        {
          name: "tor2",
          routes: ["10.49.0.0/16", "192.168.3.0/24"],
          changes: [
            { prefix: "10.49.0.0/16", ...attributes },
            { prefix: "192.168.3.0/24", ...attributes },
          ],
        },
        { name: "tor3", routes: [] },
      ],
      problems: [{ object: "BGPPeer/tor3", field: "spec.filters[0]", severity: "error", message: missing }],
    });
    expect(stdout.match(/"changes"/g)).toHaveLength(1);
    expect(code).toBe(1);
  });

  it("are told peer by peer, with name and number of the rule", async () => {
    const explain = async (what: string) =>
      (await runCommand(explainCommand, [what, "-f", directory, "--node", "n2"])).stdout;
    const host = await explain("10.49.0.1");
    expect(host).toContain("\n  peers: tor1\n");
    expect(host).toContain("\n  not to tor2: rule 2 of BGPFilter/aggregates (spec.exportV4[1]) rejects it\n");
    expect(host).toContain("\n  not to tor3: there is no BGPFilter/agregates\n");
    const aggregate = await explain("10.49.0.0/16");
    expect(aggregate).toContain("\n  peers: tor1, tor2\n");
    expect(aggregate).toContain(
      "\n  to tor2: with communities 64512:7 as well, AS path 65009 by rule 1 of BGPFilter/aggregates (spec.exportV4[0])\n",
    );
  });

  it("say in plan --diff what a change of them would send, and would not send any more", async () => {
    const edited = writeManifests({
      "edited.yaml": `
apiVersion: projectcalico.org/v3
kind: BGPFilter
metadata: {name: aggregates}
spec:
  exportV4:
    - {cidr: 10.0.0.0/8, matchOperator: In, action: Accept}
    - {action: Reject}
`,
    });
    const flags = ["-f", edited, "--node", "n2", "--diff", "--against", directory];
    const { code, stdout } = await runCommand(planCommand, flags);
    rmSync(edited, { recursive: true });
    expect(stdout).toBe(`+ 10.49.0.1/32  to peer tor2, its filters let it through
- 192.168.3.0/24  not to peer tor2, its filters keep it back
~ 10.49.0.0/16  to peer tor2, changed by its filters
`);
    expect(code).toBe(1);
  });

  it("are beyond a speaker that does not honour them", async () => {
    const { stdout } = await runCommand(validateCommand, ["-f", directory, "--engine", "gobgp"]);
    expect(stdout).toMatch(
      /error +BGPPeer\/tor2 +spec\.filters\[0\] +BGPFilter\/aggregates puts AS 65009 into the path towards another AS, which gobgpd cannot do behind its own 64512; the session is not brought up\n/,
    );
  });
});
