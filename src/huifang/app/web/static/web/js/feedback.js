/* One key decides what the words are. */

import { obey } from "./keys.js";

const decide = (kind) => (event) => !event.repeat && document.querySelector(`[data-decide] [name=kind][value=${kind}]`).click();

obey({
  topic: () => document.querySelector("[data-decide] select").focus(),
  complaint: decide("complaint"), suggestion: decide("suggestion"), praise: decide("praise"), nothing: decide("nothing"),
});
