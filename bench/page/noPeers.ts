/** Where the other kits are not installed. */
export const peers = {}
