// One small GET to a program on this node: with a deadline, and no more of an answer than one may expect.
import { request } from "node:http";
import type { Address } from "../../model/address.ts";
import type { Clock } from "../../time/clock.ts";

export interface Target {
  readonly host: Address;
  readonly port: number;
  readonly path: string;
}

export interface Limits {
  readonly clock: Clock;
  /** From the first step to the last byte. */
  readonly deadlineMs: number;
  readonly maxBytes: number;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Resolves with the whole answer, whatever its status. @throws {Error} when none came in time, or too much of it. */
export function get(target: Target, limits: Limits, signal: AbortSignal): Promise<Answer> {
  const { clock, deadlineMs, maxBytes } = limits;
  return new Promise((resolve, reject) => {
    // A connection of its own: between two questions nothing stays open.
    const asked = request({ ...target, agent: false, headers: { accept: "application/json" }, signal });
    const cancel = clock.schedule(deadlineMs, () =>
      asked.destroy(new Error(`no answer within ${deadlineMs} ms`)),
    );
    const settle = (end: () => void) => {
      cancel();
      end();
    };
    asked.once("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        body += text;
        if (body.length > maxBytes) asked.destroy(new Error(`an answer of more than ${maxBytes} bytes`));
      });
      response.once("end", () => settle(() => resolve({ status: response.statusCode ?? 0, body })));
      // Comes after `end` as well, and then changes nothing.
      response.once("close", () => settle(() => reject(new Error("the answer broke off"))));
    });
    // Stays on: what is destroyed tells both the request and the answer.
    asked.on("error", (error) => settle(() => reject(error)));
    asked.end();
  });
}
