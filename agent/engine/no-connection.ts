/** Why a session is down whose speaker keeps to itself what came of its tries to connect. */
export function noConnection(port: number, guarded: boolean): string {
  return `no TCP connection to port ${port} has come up${guarded ? ", or none with this password" : ""}`;
}
