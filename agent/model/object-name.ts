// Names of objects as the Kubernetes API takes them.

/** A DNS subdomain (RFC 1123), the widest form that the names of the kinds of interest take. */
const pattern = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Is it a name that is safe to show, and to use in keys and paths? */
export function isObjectName(value: unknown): value is string {
  return typeof value === "string" && pattern.test(value);
}
