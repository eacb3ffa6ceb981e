// How days and numbers are written, as the server writes them.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2 Nov 2025`, of a date or of milliseconds. In UTC: where the reader is must not change it. */
export function day(at) {
  const date = new Date(at);
  return `${date.getUTCDate()} ${month(at)}`;
}

/** `Nov 2025` */
export function month(at) {
  const date = new Date(at);
  return `${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** `12,345` */
export const count = (number) => Number(number).toLocaleString('en');
