// A lock among processes, by a file: one fills a cache, the others wait and find it filled.
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Waits for the lock file and takes it. One whose process is gone counts as free. @returns what gives it back. */
export async function lock(file, say) {
  for (let waited = 0; ; waited++) {
    try {
      writeFileSync(file, `${process.pid}`, { flag: "wx" });
      const unlock = () => rmSync(file, { force: true });
      process.once("exit", unlock);
      return unlock;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (abandoned(file)) rmSync(file, { force: true });
    else if (waited === 0) say(`another run is at it; waiting for that one (${file})`);
    await sleep(500);
  }
}

function abandoned(file) {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    // Empty for the instant between its creation and the write.
    if (!(pid > 0)) return Date.now() - statSync(file).mtimeMs > 5_000;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}
