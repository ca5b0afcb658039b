import type { Http, OpenAnswer } from "./types.ts";

/**
 * The pieces of an answer as they come. What goes wrong with those is the network's and told so; what goes wrong with
 * whatever is done with a piece is not, though a disk may use the same words (EPERM, ETIMEDOUT).
 */
export async function* piecesOf(answer: OpenAnswer, http: Http): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* answer.body;
  } catch (error) {
    throw http.explain(error, answer.url);
  }
}
