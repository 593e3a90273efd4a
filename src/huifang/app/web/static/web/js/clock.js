/* The server's clock. This computer's may be wrong, and the business may live in another time zone. */

const { now: told, zone } = document.documentElement.dataset;
const ahead = Number(told) - Date.now();

/** Milliseconds since 1970, by the server. */
export const now = () => Date.now() + ahead;

/** The clock of now in a time zone, the business's where none is named. */
export const clock = (timeZone = zone) =>
  new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(now());
