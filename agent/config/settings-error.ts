// Why the agent does not start: one line that names the setting, where it stands, and what is allowed.

/** `unknown`: no such setting. `value`: one that is not allowed. `later`: not available yet. `file`: the file itself. */
export type SettingsErrorCode = "unknown" | "value" | "later" | "file";

export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly code: SettingsErrorCode;

  constructor(code: SettingsErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
