import { parse, TomlError } from "smol-toml";
import type { Written } from "./written.ts";

/** Every text of a TOML file, with its keys. Empty for a file that is no TOML. */
export function textsInToml(text: string): Written[] {
  const lines = text.split("\n");
  // The parser keeps no places: equal texts are found in the order in which they stand.
  const seen = new Map<string, number>();
  const lineOf = (value: string) => {
    const from = seen.get(value) ?? 0;
    const at = lines.findIndex(
      (line, index) => index >= from && (line.includes(`"${value}"`) || line.includes(`'${value}'`)),
    );
    if (at >= 0) seen.set(value, at + 1);
    return at < 0 ? 1 : at + 1;
  };
  const walk = (value: unknown, keys: readonly string[]): Written[] => {
    if (typeof value === "string") return [{ keys, value, line: lineOf(value) }];
    if (Array.isArray(value)) return value.flatMap((item) => walk(item, keys));
    if (typeof value !== "object" || value === null || value instanceof Date) return [];
    return Object.entries(value).flatMap(([key, inner]) => walk(inner, [...keys, key]));
  };
  try {
    return walk(parse(text), []);
  } catch (error) {
    if (error instanceof TomlError) return [];
    throw error;
  }
}
