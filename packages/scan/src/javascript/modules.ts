/** How a module is known to the loaders: transformers.js has several addresses. */
export function moduleName(specifier: string): string {
  return /(^|\/)@(huggingface|xenova)\/transformers(@[^/]*)?(\/|$)/.test(specifier) ? "transformers.js" : specifier;
}
