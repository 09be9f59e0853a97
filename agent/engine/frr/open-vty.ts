// The way to bgpd: its socket, or vtysh where that speaks in another way than we do.
import { EngineError } from "../contract.ts";
import { VtyDialectError, VtySocket } from "./vty-socket.ts";
import type { VtySocketOptions } from "./vty-socket.ts";
import { Vtysh } from "./vtysh.ts";
import type { Vty } from "./vty.ts";

/**
 * @param vtysh how it is called
 * @throws {EngineError} as the socket does, where vtysh does not help
 */
export async function openVty(
  options: VtySocketOptions,
  vtysh: readonly string[],
  signal: AbortSignal,
): Promise<Vty> {
  try {
    return await VtySocket.open(options, signal);
  } catch (error) {
    if (!(error instanceof VtyDialectError) || signal.aborted) throw error;
    const vty = new Vtysh(vtysh);
    try {
      await vty.show("show version");
      return vty;
    } catch (second) {
      vty.close();
      const why = second instanceof EngineError ? second.message : String(second);
      throw new EngineError("refused", `${error.message}; ${why}`, { cause: error });
    }
  }
}
