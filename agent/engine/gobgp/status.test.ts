import { create, toBinary } from "@bufbuild/protobuf";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { v3, v4 } from "./dialect.ts";
import { LastErrors } from "./last-errors.ts";
import {
  AnySchema,
  CapabilitySchema,
  MultiProtocolCapabilitySchema,
  PeerConfSchema,
  PeerSchema,
} from "./proto/gobgp.pb.ts";
import { statusOf } from "./status.ts";

const conf = { neighborAddress: "192.168.1.1", peerAsn: 64512 };

function status(peer: MessageInitShape<typeof PeerSchema>, { readCapability } = v3) {
  const neighbour = create(PeerSchema, peer);
  neighbour.conf ??= create(PeerConfSchema, conf);
  return statusOf(neighbour, readCapability, null);
}

describe("a session of gobgpd", () => {
  it("with a neighbour known by an interface is left out", () => {
    expect(status({ conf: { neighborAddress: "fe80::1%eth0" } })).toBeNull();
    expect(status({ conf: { neighborAddress: "<nil>" } })).toBeNull();
  });

  it.each([
    [0, "idle"],
    [1, "idle"],
    [2, "connect"],
    [3, "active"],
    [4, "opensent"],
    [5, "openconfirm"],
    [6, "established"],
    [99, "idle"],
  ])("in state %i is %s", (sessionState, state) => {
    const expected = { state, asn: 64512, establishedAtMs: null, negotiated: null };
    expect(status({ state: { sessionState } })).toMatchObject(expected);
  });

  it("tells since when it is established and how many routes it was sent, by family", () => {
    const peer = {
      state: { sessionState: 6 },
      timers: { state: { uptime: { seconds: 1_700_000_000n, nanos: 250_000_000 } } },
      afiSafis: [
        { state: { family: { afi: 1, safi: 1 }, advertised: 3n } },
        { state: { family: { afi: 2, safi: 1 }, advertised: 1n } },
        { state: { family: { afi: 25, safi: 70 }, advertised: 9n } },
      ],
    };
    expect(status(peer)).toMatchObject({
      establishedAtMs: 1_700_000_000_250,
      advertised: { ipv4: 3, ipv6: 1 },
    });
  });

  const family = (afi: number) => ({ family: { afi, safi: 1 } });
  const any = (name: string, value = new Uint8Array()) =>
    toBinary(AnySchema, create(AnySchema, { typeUrl: `type.googleapis.com/apipb.${name}`, value }));
  const multiprotocol = (afi: number) =>
    toBinary(MultiProtocolCapabilitySchema, create(MultiProtocolCapabilitySchema, family(afi)));
  const oneof = (cap: MessageInitShape<typeof CapabilitySchema>["cap"]) =>
    toBinary(CapabilitySchema, create(CapabilitySchema, cap === undefined ? {} : { cap }));

  it.each([
    {
      dialect: v3,
      ipv4: any("MultiProtocolCapability", multiprotocol(1)),
      ipv6: any("MultiProtocolCapability", multiprotocol(2)),
      as4: any("FourOctetASNCapability"),
      restart: any("GracefulRestartCapability"),
      other: any("RouteRefreshCapability"),
    },
    {
      dialect: v4,
      ipv4: oneof({ case: "multiProtocol", value: family(1) }),
      ipv6: oneof({ case: "multiProtocol", value: family(2) }),
      as4: oneof({ case: "fourOctetAsn", value: {} }),
      restart: oneof({ case: "gracefulRestart", value: {} }),
      other: oneof(undefined),
    },
  ])("tells what both sides agreed on, with API $dialect.version", ({ dialect, ...caps }) => {
    const localCap = [caps.other, caps.ipv4, caps.ipv6, caps.as4, caps.restart];
    const timers = { state: { negotiatedHoldTime: 9n, keepaliveInterval: 3n } };
    const told = (remoteCap: Uint8Array[]) =>
      status({ state: { sessionState: 6, localCap, remoteCap }, timers }, dialect)?.negotiated;
    const agreed = { holdTimeSeconds: 9, keepaliveSeconds: 3 };
    expect(told(localCap)).toEqual({
      ...agreed,
      families: ["ipv4", "ipv6"],
      fourOctetAsn: true,
      gracefulRestart: true,
    });
    expect(told([caps.ipv6, caps.other])).toEqual({
      ...agreed,
      families: ["ipv6"],
      fourOctetAsn: false,
      gracefulRestart: false,
    });
  });
});

describe("why a session was lost", () => {
  const neighbour = (state: MessageInitShape<typeof PeerSchema>["state"]) =>
    create(PeerSchema, { conf, ...(state !== undefined && { state }) });
  const notifications = (received: bigint, sent: bigint) =>
    neighbour({ messages: { received: { notification: received }, sent: { notification: sent, open: 1n } } });

  it("is what an event says, where events do, and stays known", () => {
    const errors = new LastErrors();
    expect(errors.learn(neighbour({ disconnectReason: 0 }))).toBeNull();
    const told = { disconnectReason: 2, disconnectMessage: "hold-timer-expired" };
    expect(errors.learn(neighbour(told))).toBe("hold-timer-expired");
    const pause = { disconnectReason: 7, disconnectMessage: "idle-hold-timer-expired" };
    expect(errors.learn(neighbour(pause))).toBe("hold-timer-expired");
    expect(errors.learn(notifications(1n, 0n))).toBe("hold-timer-expired");
  });

  it("is counted otherwise, and tells the side that ended it", () => {
    const errors = new LastErrors();
    expect(errors.learn(notifications(0n, 0n))).toBeNull();
    expect(errors.learn(notifications(1n, 0n))).toMatch(/^the neighbour ended it/);
    expect(errors.learn(notifications(1n, 1n))).toMatch(/^gobgpd ended it/);
    // An event carries no counters.
    expect(errors.learn(neighbour({ sessionState: 1 }))).toMatch(/^gobgpd ended it/);
    expect(errors.learn(notifications(1n, 1n))).toMatch(/^gobgpd ended it/);
  });

  it("is the connection when nobody said a word", () => {
    const errors = new LastErrors();
    const messages = { received: { open: 1n }, sent: { open: 1n } };
    const since = (seconds: bigint) =>
      create(PeerSchema, {
        conf,
        state: { messages, sessionState: 6 },
        timers: { state: { uptime: { seconds } } },
      });
    expect(errors.learn(since(1_700_000_000n))).toBeNull();
    expect(errors.learn(since(1_700_000_000n))).toBeNull();
    expect(errors.learn(since(1_700_000_060n))).toBe("the TCP connection was lost");
  });

  it("is not the connection that lost a collision while the session came up", () => {
    const errors = new LastErrors();
    const up = (sent: bigint) =>
      create(PeerSchema, {
        conf,
        state: {
          messages: { received: { open: 2n }, sent: { open: 2n, notification: sent } },
          sessionState: 6,
        },
        timers: { state: { uptime: { seconds: 1_700_000_000n } } },
      });
    expect(errors.learn(notifications(0n, 0n))).toBeNull();
    expect(errors.learn(up(1n))).toBeNull();
    expect(errors.learn(up(2n))).toBeNull();
  });

  it("is that nobody has answered, where no OPEN was ever sent", () => {
    const opens = (open: bigint, authPassword = "") =>
      create(PeerSchema, {
        conf: { ...conf, authPassword },
        state: { messages: { received: { open: 0n }, sent: { open } } },
        transport: { remotePort: 1790 },
      });
    const errors = new LastErrors();
    expect(errors.learn(opens(0n))).toBe("no TCP connection to port 1790 has come up");
    expect(errors.learn(opens(0n, "secret"))).toMatch(/^no TCP .*, or none with this password$/);
    expect(errors.learn(neighbour({ sessionState: 3 }))).toBeNull();
    expect(errors.learn(opens(1n))).toBeNull();
  });

  it("is forgotten with the session", () => {
    const errors = new LastErrors();
    const tor = notifications(1n, 0n);
    errors.learn(tor);
    const address = statusOf(tor, v3.readCapability, null)?.address;
    if (address !== undefined) errors.forget(address);
    expect(errors.learn(notifications(0n, 0n))).toBeNull();
  });
});
