// Neighbours as FRR gives them back, with what a site's own template may have put between our lines.
import { expect, test } from "vitest";
import { parseAddress } from "../../model/address.ts";
import { defaultAsn } from "../../model/asn.ts";
import { peerOf } from "./neighbor.ts";

const address = parseAddress("192.168.1.1");

test.each(["timers connect 5", "timers delayopen 2"])(
  "keepalive and hold time are not those of %s",
  (line) => {
    if (address === null) throw new Error("192.168.1.1 is an address");
    const own = ["remote-as 64512", "description Bellman tor1", "timers 3 9", line];
    const families = { ipv4: [], ipv6: [] };
    const peer = peerOf(address, { own, families }, { localAsn: defaultAsn, restartSeconds: 120 });
    expect(peer).toMatchObject({ name: "tor1", keepaliveSeconds: 3, holdTimeSeconds: 9 });
  },
);
