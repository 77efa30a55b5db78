// Places in the stream, "xid-no": whole numbers that may be larger than a double can hold.

/** Say whether place a comes after place b. */
export function isAfter(a, b) {
  const [left, right] = [a, b].map((place) => place.split("-").map(BigInt));
  return left[0] === right[0] ? left[1] > right[1] : left[0] > right[0];
}
