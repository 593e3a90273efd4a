/* What is kept on this computer is sealed: AES-GCM under a key that only the signed-in person's pages hold, so it does not open for others.
   Where the browser offers no cryptography (a page without HTTPS on another machine), nothing is kept here at all. */

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const keys = new Map();

export const possible = Boolean(globalThis.crypto?.subtle);

function keyOf(secret) {
  if (!keys.has(secret)) keys.set(secret, crypto.subtle.importKey("raw", bytes(secret), "AES-GCM", false, ["encrypt", "decrypt"]));
  return keys.get(secret);
}

/** Keep a value under a name; false where that cannot be done. */
export async function keep(name, secret, at, value) {
  if (!possible || !secret) return false;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(secret), plain);
  try {
    localStorage.setItem(name, JSON.stringify({ at, iv: text(iv), data: text(data) }));
    return true;
  } catch {
    return false; // no room
  }
}

/** When something was kept under a name, 0 where nothing is. */
export const keptAt = (name) => JSON.parse(localStorage.getItem(name) || "{}").at || 0;

/** What was kept under a name; null where nothing was, or it does not open. */
export async function opened(name, secret) {
  const kept = JSON.parse(localStorage.getItem(name) || "null");
  if (!kept?.iv || !possible || !secret) return null;
  try {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(kept.iv) }, await keyOf(secret), bytes(kept.data));
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return null;
  }
}
