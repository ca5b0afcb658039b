/** What the set-up of every runner takes. */
export interface SetupOptions {
  /** Profiles of the config. @default those that it names as `default` */
  readonly profile?: string | readonly string[];
  /** Just these models, in place of profiles. */
  readonly refs?: readonly string[];
  /** Fetches nothing: if anything is missing, the run does not start, and all of it is named. @default false */
  readonly offline?: boolean;
  /** A test whose model is not there fails; else it is skipped. @default true where `CI` is set */
  readonly require?: boolean;
  /** `blocked`: what a test asks of another machine fails, and with it the run, which names the test. @default "open" */
  readonly network?: "open" | "blocked";
  /** The config, relative to `cwd`. @default the first one in `cwd` and upwards */
  readonly config?: string;
  /** Where the project is. @default the runner's root */
  readonly cwd?: string;
}

const kinds = {
  profile: (value) => isText(value) || isTexts(value),
  refs: isTexts,
  offline: isBoolean,
  require: isBoolean,
  network: (value) => value === "open" || value === "blocked",
  config: isText,
  cwd: isText,
} satisfies Record<keyof SetupOptions, (value: unknown) => boolean>;

/** @throws TypeError naming an option that does not exist, or a value that it cannot take */
export function refuseUnknown(options: SetupOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (!isOption(name)) {
      throw new TypeError(
        `@preload/test-setup: there is no option ${JSON.stringify(name)}\n  Known are ${Object.keys(kinds).join(", ")}.`,
      );
    }
    if (value !== undefined && !kinds[name](value)) {
      throw new TypeError(`@preload/test-setup: ${name} cannot be ${JSON.stringify(value)}`);
    }
  }
  if (options.refs !== undefined && options.profile !== undefined) {
    throw new TypeError("@preload/test-setup: refs are in place of a profile, so there cannot be both");
  }
}

function isOption(name: string): name is keyof typeof kinds {
  return Object.hasOwn(kinds, name);
}

/** As continuous integration says it of itself. */
export function isCi(env: NodeJS.ProcessEnv): boolean {
  return !["", "0", "false"].includes((env.CI ?? "").toLowerCase());
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isText);
}

function isBoolean(value: unknown): boolean {
  return typeof value === "boolean";
}
