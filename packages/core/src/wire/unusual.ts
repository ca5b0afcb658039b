/** An answer that this small reader of HTTP does not understand; the full client has to ask again. */
export class Unusual extends Error {
  /** For when its body has begun, and it is too late to ask again. Node's parser calls such things HPE_…, too. */
  readonly code = "HPE_UNUSUAL";
}
