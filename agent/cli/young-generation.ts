// Keeps V8 from taking memory that an agent needs at its start only.
import { setFlagsFromString } from "node:v8";

/**
 * V8 lets the space for new objects grow to 32 MB (67 MB from Node.js 24 on) while the first lists come in, and a
 * process that then has little to do never gives it back. It stays at its first 2 MB: to be called before the lists.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}
