// Sessions with every setting there is, and an agent that restarts: it must find each one as it wants it.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { at, items } from "../../../lab/rack/json.ts";
import { nodeAddress as own, torAddress as tor } from "../../support/node-and-tor.ts";
import { until } from "../../support/until.ts";
import { asn, nodeRig } from "./node-rig.ts";
import type { NodeRig } from "./node-rig.ts";

const v3 = "projectcalico.org/v3";
const localAsn = 65010;
const password = "correct horse";
const everything = {
  asNumber: asn,
  localASNumber: localAsn,
  sourceAddress: "UseNodeIP",
  keepaliveTime: "5s",
  maxRestartTime: "30s",
  ttlSecurity: 1,
  numAllowedLocalASNumbers: 2,
  password: { secretKeyRef: { name: "bgp", key: "tor" } },
};
const objects = [
  {
    apiVersion: v3,
    kind: "BGPConfiguration",
    metadata: { name: "default" },
    spec: { serviceClusterIPs: [{ cidr: "10.49.0.0/16" }, { cidr: "fd10:49::/112" }] },
  },
  {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "bgp", namespace: "bellman" },
    stringData: { tor: password },
  },
  { apiVersion: v3, kind: "BGPPeer", metadata: { name: "over4" }, spec: { ...everything, peerIP: tor.ipv4 } },
  { apiVersion: v3, kind: "BGPPeer", metadata: { name: "over6" }, spec: { ...everything, peerIP: tor.ipv6 } },
];
const options = `password "${password}"; ttl security on; graceful restart on;`;
const neighbours = [
  { name: "over4", address: own.ipv4, asn: localAsn, options },
  { name: "over6", address: own.ipv6, asn: localAsn, options },
];

let rigs = 0;

/** @param folder of gobgpd and gobgp; default those that the system has */
export function describeAgentSessions(folder?: string): void {
  describe("sessions with every setting there is", () => {
    let rig: NodeRig;
    afterEach(() => rig.dispose());

    const sessions = async () => items(at(await rig.api("peers"), "peers"));
    const up = () =>
      until(
        "both sessions are established",
        async () => {
          const states = (await sessions()).map((session) => at(session, "state"));
          expect(states).toEqual(["established", "established"]);
          return true;
        },
        { timeoutMs: 40_000, everyMs: 200 },
      );
    /** When each session came up, as the ToR tells it. */
    const since = async () => {
      const protocols = await rig.bird.command("show", "protocols");
      // BIRD works it out anew each time, and is a millisecond off at times.
      const lines = protocols.split("\n").map((line) => line.replace(/\.\d{3} /, " "));
      return lines.filter((line) => line.startsWith("over"));
    };
    /** What gobgpd logs of every peer that is added, changed or removed, and of sessions. */
    const speakerLog = () =>
      readFileSync(join(dirname(rig.gobgpd.socket), "gobgpd.log"), "utf8")
        .split("\n")
        .filter((line) => /peer/i.test(line));
    const ready = () =>
      until("the agent is ready", async () => at(await rig.api("status"), "ready") === true, {
        timeoutMs: 20_000,
        everyMs: 200,
      });

    it("are not touched by restarts of the agent, nor by equal objects that are read again", async () => {
      rig = await nodeRig(`bm-as${process.pid}-${++rigs}`, [own.ipv4, own.ipv6], objects, {
        folder,
        neighbours,
      });
      const flags = ["--namespace", "bellman", "--graceful-restart", "20s"];
      let agent = rig.agent(...flags);
      await up();
      for (const session of await sessions())
        expect(session).toMatchObject({
          localAsn,
          negotiated: { holdTimeSeconds: 9, families: ["ipv4", "ipv6"], gracefulRestart: true },
        });
      expect(await rig.api("status")).toMatchObject({ problems: [] });
      // With graceful restart the routes come a moment after the session.
      for (const name of ["over4", "over6"])
        await until(`${name} has all routes`, async () => {
          const routes = await rig.bird.routes(name);
          return ["10.49.0.0/16", "fd10:49::/112"].every((prefix) => routes.has(prefix));
        });
      const before = await since();
      const said = speakerLog();
      rig.bird.mark();

      for (const signal of ["SIGKILL", "SIGTERM"] as const) {
        await agent.stop(signal);
        agent = rig.agent(...flags);
        await ready();
        expect(await rig.api("status")).toMatchObject({ problems: [] });
      }
      // Read again with one range more, which shows that it was read.
      const text = readFileSync(rig.manifest, "utf8").replace(
        "- cidr: 10.49",
        "- cidr: 10.50.0.0/16\n    - cidr: 10.49",
      );
      writeFileSync(`${rig.manifest}.new`, text);
      renameSync(`${rig.manifest}.new`, rig.manifest);
      for (const name of ["over4", "over6"])
        await until(`${name} has it`, async () => (await rig.bird.routes(name)).has("10.50.0.0/16"));

      expect(await since()).toEqual(before);
      const events = rig.bird.events().map(({ t, prefix }) => `${t} ${prefix}`);
      expect(new Set(events)).toEqual(new Set(["added 10.50.0.0/16"]));
      expect(said.filter((line) => /Add a peer configuration/.test(line))).toHaveLength(2);
      expect(speakerLog()).toEqual(said);
    });
  });
}
