// What cannot be written as BGP, or is not BGP.

export class WireError extends Error {
  override readonly name = "WireError";
}
