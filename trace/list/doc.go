// Package list reads a leaked list of people as it was found and matches it to
// the items of a log.
//
// A list has been copied, sorted, retyped, photographed, merged and cut before
// anybody finds it, so nothing is assumed about it: no header, no order of
// columns, no format. Every cell is asked for telephone numbers, dates of birth
// and names; a row is what its cells have.
//
// Matching never sees a value of the base. A row gives match keys (see Kind);
// the caller turns a key into an index under a secret, and says which items have
// that index. A row is an item if its number is that of the item, or else if two
// of the other keys agree; a list of nothing but names and births is matched by
// that pair alone, and a row may then mean several items.
//
// What cannot be read is counted and said (Report), never guessed: names in
// Latin letters, numbers with letters in them, rows without anything to go by.
package list
