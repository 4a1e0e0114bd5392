/** How the address of a server is written for people. */

/** "https://loc.example:8443/" -> "loc.example:8443"; what is no address stays as it is. @param {string} address */
export function hostOf(address) {
  try {
    return new URL(address).host || address;
  } catch {
    return address;
  }
}
