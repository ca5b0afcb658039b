import type { Written } from "./written.ts";

/** Every variable of an `.env` file. */
export function textsInEnv(text: string): Written[] {
  return text.split("\n").flatMap((written, index) => {
    const [, key, value] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(written) ?? [];
    if (key === undefined || value === undefined) return [];
    const [, quoted] = /^(?:"([^"]*)"|'([^']*)')/.exec(value)?.filter((one) => one !== undefined) ?? [];
    return [{ keys: [key], value: quoted ?? value.replace(/\s+#.*$/, ""), line: index + 1 }];
  });
}
