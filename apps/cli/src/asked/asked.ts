import type { Mirror } from "@preload/core";
import { askedOfGgml } from "./ggml.ts";
import { askedOfHub } from "./hub.ts";
import { askedOfNltk } from "./nltk.ts";
import { publicAddresses } from "./public-addresses.ts";
import { askedOfSpacy } from "./spacy.ts";
import { askedOfTiktoken } from "./tiktoken.ts";
import { askedOfTorch } from "./torch.ts";
import { askedOfWhisper } from "./whisper.ts";

/** What somebody asked for, as far as an address shows it. */
export type Asked = AskedModel | AskedPlace;

interface AskedModel {
  /** `file`: for one file of a model. `model`: for what a model is, its files or its revision. */
  readonly kind: "file" | "model";
  /** Without a revision: `hf:facebook/bart-base`, `hf:datasets/org/name`, `whisper:tiny.en`. */
  readonly ref: string;
  /** As it was asked for: `main`, a tag, a commit. Undefined where the address names none. */
  readonly revision?: string;
  /** Its path within the model. Always there for `file`. */
  readonly file?: string;
}

/** Part of an ecosystem, but the address does not show of which model. */
interface AskedPlace {
  readonly kind: "place";
  /** Whose: the scheme of its refs. */
  readonly scheme: string;
  /** For people: `the Hub's CDN`, `NLTK's index`. */
  readonly what: string;
  /** Where bytes come from that were asked for by name elsewhere. */
  readonly isStore?: true;
}

/** Every ecosystem says of a public address what it means there. Another one is one more line here. */
const readers: readonly ((address: URL) => Asked | undefined)[] = [
  // The models of whisper.cpp lie on the Hub.
  askedOfGgml,
  askedOfHub,
  askedOfWhisper,
  askedOfSpacy,
  askedOfTiktoken,
  askedOfNltk,
  askedOfTorch,
];

/**
 * What an address means that a program asked for; undefined when it is no model's. Looks at nothing but its arguments.
 *
 * @param host a name, with or without a port
 * @param path as it stood in the request, with or without a query
 * @param mirrors which bases stand in for public ones, as `mirrorsAsked` lists them
 */
export function asked(host: string, path: string, mirrors: readonly Mirror[] = []): Asked | undefined {
  const meanings = publicAddresses(host, path, mirrors).flatMap((address) =>
    readers.flatMap((read) => read(address) ?? []),
  );
  // One mirror may stand for several ecosystems: what names a model knows more than what names a place.
  return meanings.find(({ kind }) => kind !== "place") ?? meanings[0];
}
