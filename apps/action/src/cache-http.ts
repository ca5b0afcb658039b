import type { OutgoingHttpHeaders } from "node:http";
import { HttpClient as Client, type HttpClientResponse } from "@actions/http-client";
import { thisAttempt } from "./attempt.ts";

/**
 * What @actions/cache fetches archives with when it is bundled. By itself it takes whatever is answered for the archive, also a
 * refusal or somebody's page, which would then be a damaged entry; and it waits as long as a byte comes now and then.
 */
export class HttpClient extends Client {
  override async request(
    verb: string,
    url: string,
    data: string | NodeJS.ReadableStream | null,
    headers?: OutgoingHttpHeaders,
  ): Promise<HttpClientResponse> {
    const response = await super.request(verb, url, data, headers);
    const { message } = response;
    const { statusCode = 0, headers: answered } = message;
    const isPage = answered["content-type"]?.startsWith("text/html") === true;
    // What a server could not do just now is tried again by whoever asked.
    if (statusCode < 500 && (statusCode >= 300 || isPage)) {
      message.destroy();
      throw new Error(`${refused} ${statusCode}${isPage ? ", with a page" : ""}`);
    }
    if (verb === "GET") watch(response);
    return response;
  }
}

/** How the error begins of a store that did not give what it was asked for; a status follows. */
export const refused = "the store of the cache answered";

/** Tells once a second how far a download is, and ends one that nobody waits for. */
function watch({ message }: HttpClientResponse): void {
  const current = thisAttempt();
  const before = message.socket.bytesRead;
  const tick = setInterval(() => {
    if (current?.isOver) message.destroy();
    else current?.moved(message.socket.bytesRead - before, 0);
  }, 1000);
  message.once("close", () => {
    clearInterval(tick);
    current?.arrived();
  });
}
