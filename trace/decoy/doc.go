// Package decoy makes what an export carries that no other does, so that a list
// derived from it says so: families that do not exist, and tokens.
//
// # Decoys
//
// A decoy looks like a row of the export: its class and month of birth, its
// surname, the characters of its given name, its guardian and the prefix of its
// number are drawn from the export's own rows, and it shares neither number nor
// name and month with any real family (Source.Exists). Its number is one that we
// control: the first call to it says who has the list. All chance comes from
// HMAC-SHA-256 under the institution's decoy key and the identifier of the
// export, so nobody without the key can make or recognise one, and with the key
// and the same rows everybody can make it again.
//
// A unique decoy is made under the export's identifier; one that several exports
// share, under that of their set (Lattice). Register the match keys of each in
// the blind index, and seal the rows; store neither in clear.
//
// # What they must not be in
//
// Decoys belong in exports that could be sold or abused in bulk. They have no
// place in attendance, pick-up, medical, billing, statistics or what a regulator
// gets. Filter them out when a file comes back.
package decoy
