// P3 with Secrets in files: what else may be wrong with a password, and with what is around it.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { at } from "../../lab/rack/json.ts";
import { until } from "../support/until.ts";
import { describePasswords, passwords } from "./passwords.ts";
import { unseenBy } from "./tor-session.ts";

const { first, second, third, long, torn } = passwords;
const base64 = (text: string) => Buffer.from(text).toString("base64");
const keyField = "spec.password.secretKeyRef.key";

describePasswords(`pwd${process.pid}`, "manifests", "frr", (current, tor, other) => {
  it("P3: a Secret of which nothing can be made leaves the session as it is, and says why", async () => {
    await current().guard(tor(), first);
    const { n1 } = await tor().sessions();
    const manifests = join(current().rack.directory, "manifests");
    const broken = [
      [`%${second}%`, "is no text in UTF-8"],
      [base64(torn), "has control characters in it"],
      [base64(long), "bytes long; TCP MD5 takes 80 at most"],
    ] as const;
    await unseenBy(other(), async () => {
      for (const [data, says] of broken) {
        await current().putData({ [current().peerOf(tor())]: data, "tor2-n1": base64(first) });
        await current().tells(tor(), keyField, says);
        await current().earshot.get();
      }
      await Promise.all([current().earshot.ask(), current().earshot.read(manifests)]);
    });
    expect((await tor().sessions()).n1).toEqual(n1);
    await current().guard(tor(), first);
  });

  it("P3: a password where none belongs is told of without being shown", async () => {
    const { earshot, rack } = current();
    const manifests = join(rack.directory, "manifests");
    const peer = (name: string, password: unknown) =>
      `${JSON.stringify({
        apiVersion: "projectcalico.org/v3",
        kind: "BGPPeer",
        metadata: { name },
        spec: { node: "n1", peerIP: "192.168.1.9", asNumber: 64512, password },
      })}\n`;
    const files = {
      "plain.yaml": peer("plain", first),
      "name.json": peer("name", { secretKeyRef: { name: first, key: "k" } }),
      "shape.yaml": `{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: bellman}, data: ${first}}\n`,
      "nameless.yaml": `{apiVersion: v1, kind: Secret, metadata: {}, stringData: {k: ${first}}}\n`,
      "torn.yaml": `kind: Secret\nstringData:\n  k: "${first}\n`,
      "torn.json": `{"kind": "Secret", "stringData": {"k": "${first}", ${first}}}`,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(manifests, name), text);
    await until("all of them are told of", async () => {
      const told = JSON.stringify(at(await rack.node("n1").agent.api("status"), "problems"));
      return ["plain", "name", "File/nameless", "File/torn.yaml", "File/torn.json"].every((name) =>
        told.includes(name),
      );
    });
    await Promise.all([earshot.get(), earshot.ask(), earshot.read(manifests)]);
    expect(await earshot.fail("--manifests", manifests)).toMatch(/^bellman: .*9179/);
    for (const name of Object.keys(files)) rmSync(join(manifests, name));
  });

  it("P3: what the agent says of a speaker that is gone, and of its return, shows no password", async () => {
    await current().guard(tor(), first);
    const { agent, speaker } = current().rack.node("n1");
    await speaker.kill();
    await current().putSecret({ [current().peerOf(tor())]: third });
    await current().setAtTor(tor(), third);
    await until("the loss is told", async () => at(await agent.api("status"), "engine", "error") !== null);
    await current().earshot.get();
    await speaker.start();
    await current().guardedBy(tor(), third);
    await current().earshot.get();
  });

  it("the search finds a password where there is one", () => {
    const manifests = join(current().rack.directory, "manifests");
    expect(current().where([manifests]).length).toBeGreaterThan(0);
  });
});
