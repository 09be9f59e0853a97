// bgpd through vtysh, where its socket does not speak as it does today.
import { describe, expect, it } from "vitest";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { frrEngine } from "../../../agent/engine/frr/engine.ts";
import { until } from "../../support/until.ts";
import { communities } from "./conformance/seen.ts";
import { nothing, prefix, route } from "./conformance/trial.ts";
import { frrRig } from "./frr-rig.ts";
import { withRig } from "./with-rig.ts";

/** @param folder of the daemons; default those that the system has */
export function describeFrrVtysh(folder?: string): void {
  describe("a socket that does not speak as bgpd's does", () => {
    const current = withRig(() => frrRig({ folder }));

    it("is done without: vtysh does the same", async () => {
      const { rig, trial } = current();
      const elsewhere = `${rig.frr.sockets}/elsewhere`;
      mkdirSync(elsewhere);
      const stranger = createServer((socket) => socket.resume().end("HTTP/1.1 400 Bad Request\r\n\r\n"));
      await new Promise((resolve) => stranger.listen(`${elsewhere}/bgpd.vty`, () => resolve(undefined)));
      try {
        const vtysh = [folder === undefined ? "vtysh" : `${folder}/vtysh`, "--vty_socket", rig.frr.sockets];
        const engine = frrEngine({ sockets: elsewhere, config: null, vtysh });
        const lost: unknown[] = [];
        const events = { lost: (error: unknown) => void lost.push(error), session: () => undefined };
        const link = await engine.open(rig.instance, events, new AbortController().signal);
        expect(link.fresh).toBe(true);
        const routes = [route("10.49.0.1/32", communities("64512:100")), route("10.49.0.2/32", { med: 5 })];
        const change = { ...nothing, announce: routes, addPeers: [rig.peers.ipv4] };
        expect(await link.apply(change)).toEqual([]);
        await trial.witnessed(...routes);
        // What is refused, and what is not there, as over the socket.
        // No model type lets such a number through: here it stands for whatever some FRR may not take.
        const beyond = { ...rig.peers.ipv6, port: 70_000 };
        const rejections = await link.apply({
          ...nothing,
          withdraw: [prefix("10.49.9.9/32")],
          addPeers: [beyond],
        });
        expect(rejections).toMatchObject([{ item: { t: "peer", address: beyond.address } }]);
        expect(rejections[0]?.error.message).toMatch(/port 70000.*Unknown command/);
        const held = await link.held();
        expect([...held.routes.values()]).toEqual(routes);
        expect([...held.peers.values()]).toEqual([rig.peers.ipv4]);
        await rig.kill();
        await until("told as lost", () => lost.length > 0);
        expect(lost).toMatchObject([{ code: "unreachable" }]);
      } finally {
        await new Promise((resolve) => stranger.close(resolve));
      }
    });
  });
}
