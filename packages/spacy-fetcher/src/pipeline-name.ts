import { formatRef, PreloadError, type Ref } from "@preload/core";

/** What spaCy 2 called them, and `spacy download` still understands (`OLD_MODEL_SHORTCUTS` in spacy/errors.py). */
const shortcuts: Readonly<Record<string, string>> = {
  en: "en_core_web_sm",
  de: "de_core_news_sm",
  es: "es_core_news_sm",
  pt: "pt_core_news_sm",
  fr: "fr_core_news_sm",
  it: "it_core_news_sm",
  nl: "nl_core_news_sm",
  el: "el_core_news_sm",
  nb: "nb_core_news_sm",
  lt: "lt_core_news_sm",
  xx: "xx_ent_wiki_sm",
};

/** The package a ref names, as it is imported. @throws PreloadError `BAD_REF` */
export function pipelineName(ref: Ref): string {
  if (ref.scheme !== "spacy") throw new PreloadError("BAD_REF", `${formatRef(ref)} is no spacy ref`);
  if (ref.revision !== undefined && !/^\d[0-9a-z.+!]*$/i.test(ref.revision)) {
    throw new PreloadError("BAD_REF", `${formatRef(ref)}: ${ref.revision} is no version`, {
      hint: `A version looks like spacy:${ref.name}@3.8.0.`,
    });
  }
  if (Object.hasOwn(shortcuts, ref.name)) return shortcuts[ref.name] ?? ref.name;
  if (/^[a-z]\w*$/i.test(ref.name)) return ref.name;
  throw new PreloadError("BAD_REF", `${formatRef(ref)}: a pipeline's name has letters, digits and _`, {
    hint: `Write ${likely(ref)}.`,
  });
}

/** `spacy:en_core_web_sm` for `spacy:en`. */
export function canonicalRef(ref: Ref): string {
  return formatRef({ ...ref, name: pipelineName(ref) });
}

// What pip and `spacy download --direct` would take: en-core-web-sm, en_core_web_sm==3.8.0, en_core_web_sm-3.8.0.
function likely(ref: Ref): string {
  const [, name = "", version] = /^(.*?)(?:[=-]+(\d[\w.]*))?$/.exec(ref.name) ?? [];
  return formatRef({ scheme: "spacy", name: name.replace(/\W/g, "_"), revision: ref.revision ?? version });
}
