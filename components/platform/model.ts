import type { ApplicationSettings } from "../application.schema.ts";
import type { PlatformSettings } from "./platform.schema.ts";

/** The settings of a platform stack, checked and complete. It has no release, no services of its own, and no place on the promotion path. */
export interface PlatformSettingsOfStack {
  readonly project: string;
  readonly stack: string;
  readonly application: ApplicationSettings;
  readonly platform: PlatformSettings;
}
