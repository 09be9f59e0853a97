// What a gRPC status means for the caller.
import { status } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import { quote } from "../../model/problem.ts";
import type { Secret } from "../../model/secret.ts";
import { EngineError } from "../contract.ts";
import type { EngineErrorCode } from "../contract.ts";
import type { GobgpAddress } from "./address.ts";

/** The daemon is there, but the instance that the link stands for is not. */
const noBgp = /bgp server hasn't started yet/;
/** The daemon is there, but can run no BGP any more: with API v4 StopBgp is for good. */
const stoppedForGood = /^server stopped$/;

/** @param error null: the speaker ended a stream that has no end. */
export function toEngineError(address: GobgpAddress, call: string, error: ServiceError | null): EngineError {
  if (error === null)
    return new EngineError("unreachable", `gobgpd at ${address.text} ended ${call}: is it shutting down?`);
  return new EngineError(codeOf(error), messageOf(address, call, error), { cause: error });
}

/** What came is no answer of gobgpd's API. */
export function unreadableAnswer(address: GobgpAddress, call: string, cause: unknown): EngineError {
  const message = `what listens at ${address.text} answered ${call} with something else than GoBGP's API: is it gobgpd?`;
  return new EngineError("refused", message, { cause });
}

/**
 * What is to be told of a call that carried a password: the words of an answer that repeats it, in whatever way, are
 * left out, for they go into the log.
 */
export function withoutPassword(error: unknown, password: Secret | null, call: string): unknown {
  if (password === null || !(error instanceof EngineError)) return error;
  const { cause } = error;
  const said = cause instanceof Error && "details" in cause ? String(cause.details) : error.message;
  const forms = [password.reveal(), JSON.stringify(password.reveal()).slice(1, -1)];
  if (!forms.some((form) => said.includes(form))) return error;
  return new EngineError(
    error.code,
    `gobgpd answered ${call} with an error that repeats the password and is not shown: does its log tell more?`,
  );
}

/** The speaker is there, but its API has no such call. */
export function isUnknownCall(error: unknown): boolean {
  if (!(error instanceof EngineError)) return false;
  const { cause } = error;
  return cause instanceof Error && "code" in cause && cause.code === status.UNIMPLEMENTED;
}

function codeOf({ code, details }: ServiceError): EngineErrorCode {
  if (noBgp.test(details) || stoppedForGood.test(details)) return "unreachable";
  switch (code) {
    case status.UNAVAILABLE:
    case status.CANCELLED:
    // What grpc-js makes of a connection that breaks in the middle of a frame, or that gobgpd has had enough of.
    case status.INTERNAL:
    case status.RESOURCE_EXHAUSTED:
      return "unreachable";
    case status.DEADLINE_EXCEEDED:
      return "timeout";
    default:
      // gobgpd says UNKNOWN to everything it does not want.
      return "refused";
  }
}

function messageOf(address: GobgpAddress, call: string, error: ServiceError): string {
  switch (codeOf(error)) {
    case "unreachable":
      if (noBgp.test(error.details))
        return `gobgpd at ${address.text} has stopped BGP: was it stopped by another program?`;
      if (stoppedForGood.test(error.details))
        return `gobgpd at ${address.text} has stopped BGP and cannot start it again, as is the way of its API v4: restart gobgpd`;
      return `gobgpd at ${address.text} cannot be reached (${reason(error)}): is it running, with --api-hosts at this address?`;
    case "timeout":
      return `gobgpd at ${address.text} did not answer ${call} in time: is it frozen or starved of CPU?`;
    case "refused":
      return error.code === status.UNIMPLEMENTED
        ? `what listens at ${address.text} does not know ${call} of GoBGP's API v3 or v4: is it gobgpd 3.10 or newer?`
        : `gobgpd at ${address.text} refused ${call}: ${quote(error.details)}`;
  }
}

/** The system's word, such as `connect ENOENT /run/gobgp/gobgp.sock`, out of grpc-js's long story. */
function reason(error: ServiceError): string {
  return /connect E[A-Z]+ \S+/.exec(error.details)?.[0] ?? quote(error.details);
}

/** null: it was not refused. @throws {EngineError} when gobgpd is lost. */
export async function refusal(work: Promise<unknown>): Promise<EngineError | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof EngineError && error.code === "refused") return error;
    throw error;
  }
}
