// Certificates for a control plane of one run: an authority, and what it signs.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./netns.ts";

export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export class Authority {
  readonly certificate: string;
  readonly #directory: string;
  readonly #key: string;

  private constructor(directory: string) {
    this.#directory = directory;
    this.certificate = join(directory, "ca.crt");
    this.#key = join(directory, "ca.key");
  }

  /** @param directory gets all keys and certificates; it should be private. */
  static async create(directory: string): Promise<Authority> {
    const authority = new Authority(directory);
    // Without a configuration of its own openssl would make an authority of everybody.
    await writeFile(authority.#config, "[req]\ndistinguished_name = name\n[name]\n");
    const own = ["-subj", "/CN=test-authority", "-addext", "basicConstraints=critical,CA:TRUE"];
    await authority.#openssl("ca", own);
    return authority;
  }

  /** @param subject such as `/O=system:masters/CN=admin` @param names of a server, such as `IP:127.0.0.1`. */
  async issue(name: string, subject: string, names: readonly string[] = []): Promise<KeyPair> {
    const use = names.length > 0 ? "serverAuth" : "clientAuth";
    const signed = ["-CA", this.certificate, "-CAkey", this.#key, "-subj", subject];
    const extensions = ["basicConstraints=CA:FALSE", `extendedKeyUsage=${use}`];
    if (names.length > 0) extensions.push(`subjectAltName=${names.join(",")}`);
    return this.#openssl(name, [...signed, ...extensions.flatMap((each) => ["-addext", each])]);
  }

  get #config(): string {
    return join(this.#directory, "openssl.cnf");
  }

  async #openssl(name: string, args: readonly string[]): Promise<KeyPair> {
    const pair = {
      certificate: join(this.#directory, `${name}.crt`),
      key: join(this.#directory, `${name}.key`),
    };
    const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", pair.key];
    const request = [
      "req",
      "-x509",
      "-config",
      this.#config,
      "-days",
      "3650",
      ...newKey,
      "-out",
      pair.certificate,
    ];
    await run("openssl", ...request, ...args);
    return pair;
  }
}
