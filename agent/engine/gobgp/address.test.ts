import { describe, expect, it } from "vitest";
import { parseGobgpAddress } from "./address.ts";

describe("the address of gobgpd", () => {
  it.each([
    ["unix:///run/gobgp/gobgp.sock", "unix:/run/gobgp/gobgp.sock"],
    ["127.0.0.1:50051", "dns:127.0.0.1:50051"],
    ["gobgp.local:50051", "dns:gobgp.local:50051"],
    ["[::1]:50051", "ipv6:[::1]:50051"],
  ])("%s is dialled as %s", (text, target) => {
    expect(parseGobgpAddress(text)).toEqual({ text, target });
  });

  it.each([
    "",
    "unix://",
    "unix:///",
    "unix:run/gobgp.sock",
    "unix://run/gobgp.sock",
    `unix:///${"x".repeat(107)}`,
    "/run/gobgp/gobgp.sock",
    "localhost",
    "localhost:0",
    "localhost:65536",
    "localhost:50051/path",
    "http://localhost:50051",
    "::1:50051",
    "[fe80::1%eth0]:50051",
    "[127.0.0.1]:50051",
    "local host:50051",
  ])("%j is none", (text) => {
    expect(parseGobgpAddress(text)).toBeNull();
  });
});
