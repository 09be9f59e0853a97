// apt of another Debian suite, with lists of its own: this machine's stay as they are, and nothing is installed.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasProgram } from "../../lab/setup/debian.mjs";
import { run, SetupError } from "../../lab/setup/run.mjs";

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
const defaultMirror = "http://deb.debian.org/debian";

/** Name of packages that are shared libraries, or bring none but those; systemd's own is big and nobody's here. */
const library = /^(?:lib(?!systemd-shared|c-gconv)|zlib1g$)/;

export class Apt {
  #work;
  #env;

  /**
   * Fetches the suite's lists from this machine's own mirror into a folder of its own; `close` removes it.
   *
   * @throws {SetupError} when they cannot be had.
   */
  static async open(parent, suite) {
    const obstacle = ["apt-get", "dpkg-deb"].find((program) => !hasProgram(program));
    if (obstacle !== undefined) throw new SetupError(`there is no ${obstacle} here`);
    if (!existsSync(keyring)) throw new SetupError(`${keyring} is missing: install debian-archive-keyring`);
    const work = mkdtempSync(join(parent, ".apt."));
    try {
      const apt = new Apt(work, suite, await mirror());
      await apt.#get(["update"]);
      return apt;
    } catch (error) {
      rmSync(work, { recursive: true, force: true });
      throw error;
    }
  }

  constructor(work, suite, site) {
    this.#work = work;
    for (const folder of ["lists/partial", "cache/archives/partial", "state"])
      mkdirSync(join(work, folder), { recursive: true });
    const sources = join(work, "sources.list");
    writeFileSync(sources, `deb [signed-by=${keyring}] ${site} ${suite} main\n`);
    const config = join(work, "apt.conf");
    writeFileSync(config, this.#options(sources));
    this.#env = { APT_CONFIG: config };
  }

  /** Unpacks the package and the libraries that it needs into a new folder. apt checks signatures and checksums. */
  async unpack(name) {
    const plan = await this.#get(["install", "--simulate", "--no-install-recommends", name]);
    const all = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, each]) => each);
    const archives = mkdtempSync(join(this.#work, "archives."));
    const folder = mkdtempSync(join(this.#work, "root."));
    const wanted = all.filter((each) => each === name || library.test(each));
    await this.#get(["download", ...wanted], archives);
    for (const archive of readdirSync(archives))
      await run(["dpkg-deb", "-x", join(archives, archive), folder]);
    return folder;
  }

  close() {
    rmSync(this.#work, { recursive: true, force: true });
  }

  #options(sources) {
    const options = {
      "Dir::Etc::SourceList": sources,
      "Dir::Etc::SourceParts": "/dev/null",
      "Dir::Etc::Preferences": "/dev/null",
      "Dir::Etc::PreferencesParts": "/dev/null",
      "Dir::State": join(this.#work, "state"),
      "Dir::State::Lists": join(this.#work, "lists"),
      "Dir::State::status": "/dev/null",
      "Dir::Cache": join(this.#work, "cache"),
      "Acquire::Languages": "none",
      "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
      "Acquire::http::Timeout": "20",
      "APT::Sandbox::User": "root",
      "APT::Update::Error-Mode": "any",
    };
    return Object.entries(options)
      .map(([key, value]) => `${key} "${value}";\n`)
      .join("");
  }

  /** @param cwd where `download` writes */
  async #get(words, cwd = this.#work) {
    try {
      return await run(["apt-get", "-q", ...words], { cwd, env: this.#env });
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      // apt's own complaint, out of all it prints.
      throw new SetupError(/^E: (.*)$/m.exec(error.message)?.[1] ?? error.message);
    }
  }
}

/** Where this machine gets Debian from. */
async function mirror() {
  const sites = await run(["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages"]);
  return sites.split("\n").find((site) => /\/debian\/?$/.test(site)) ?? defaultMirror;
}
