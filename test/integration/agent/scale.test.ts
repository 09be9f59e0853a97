// 64 peers and 10,000 routes on one node: all of it arrives, one change is one change, and a restart is none.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { afterAll, beforeAll, expect, it } from "vitest";
import { at, items } from "../../../lab/rack/json.ts";
import { until } from "../../support/until.ts";
import { crowdRoutes, crowdSize, servicesOf, startCrowd } from "./crowd.ts";
import type { Crowd } from "./crowd.ts";

const flags = ["--dataplane-gate", "off"];
/** Of each wait; all of it takes seconds on a machine that has nothing else to do. */
const patience = { timeoutMs: 80_000, everyMs: 200 };
const timeoutMs = 180_000;
let crowd: Crowd;
let agent: ReturnType<Crowd["rig"]["agent"]>;

beforeAll(async () => {
  crowd = await startCrowd(`bm-sc${process.pid}`);
  agent = crowd.rig.agent(...flags);
});
afterAll(() => crowd.dispose());

it(
  "64 peers get 10,000 routes each, and the agent tells of all of them",
  async () => {
    await crowd.haveAll(crowdRoutes, patience);
    await until(
      "the agent tells of all",
      async () => {
        const peers = items(at(await crowd.rig.api("peers"), "peers"));
        expect(peers).toHaveLength(crowdSize.peers);
        for (const peer of peers)
          expect(peer).toMatchObject({ state: "established", lastError: null, drops: 0 });
        return true;
      },
      patience,
    );
    expect(await crowd.rig.api("status")).toMatchObject({ ready: true, problems: [] });
  },
  timeoutMs,
);

it(
  "one more service is told to all of them once, and taken back again",
  async () => {
    const before = await crowd.sessions();
    const file = join(dirname(crowd.rig.manifest), "more.yaml");
    writeFileSync(
      file,
      servicesOf([200])
        .map((each) => stringify(each))
        .join("---\n"),
    );
    await crowd.haveAll(crowdRoutes + crowdSize.addressesOfEach, patience);
    rmSync(file);
    await crowd.haveAll(crowdRoutes, patience);
    const told = before.map((session) => ({
      ...session,
      updates: session.updates + 2 * crowdSize.addressesOfEach,
    }));
    expect(await crowd.sessions()).toEqual(told);
  },
  timeoutMs,
);

it(
  "a peer that goes is no matter of the 63 others",
  async () => {
    const before = await crowd.sessions();
    const { manifest } = crowd.rig;
    const text = readFileSync(manifest, "utf8");
    const others = text.split("---\n").filter((each) => !each.includes("name: p63\n"));
    writeFileSync(manifest, others.join("---\n"));
    const ofOthers = (sessions: typeof before) => sessions.filter(({ name }) => name !== "p63");
    await until(
      "it is gone",
      async () => (await crowd.sessions()).some(({ name, established }) => name === "p63" && !established),
      patience,
    );
    expect(ofOthers(await crowd.sessions())).toEqual(ofOthers(before));
    writeFileSync(manifest, text);
    await crowd.haveAll(crowdRoutes, patience);
    expect(ofOthers(await crowd.sessions())).toEqual(ofOthers(before));
  },
  timeoutMs,
);

it(
  "R1: an agent that is killed and started again tells none of them anything",
  async () => {
    const before = await crowd.sessions();
    await agent.stop("SIGKILL");
    agent = crowd.rig.agent(...flags);
    await until(
      "the agent is ready",
      async () => at(await crowd.rig.api("status"), "ready") === true,
      patience,
    );
    expect(await crowd.sessions()).toEqual(before);
  },
  timeoutMs,
);
