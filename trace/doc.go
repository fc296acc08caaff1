// Package trace leads from a leaked list of people back to the exports and the
// reads that it was made of, and says how sure that is.
//
// It knows nothing of institutions: a subject with its current values is an item,
// a number; a Disclosure is a set of items that one account got at one time; a
// Leak is which items a list has. Sub-packages do the rest: list reads and
// normalises what was found and matches it by keyed indexes, decoy makes the
// marked rows that an export carries, and reads them back.
//
// # Three kinds of evidence
//
//   - Correlation (Log.Trace): which disclosures explain the list. It needs no
//     marks and works on any list, for any leaker; it proves the store and the
//     period, and the account where its rows were its own. Lists that several
//     accounts had alike it cannot tell apart, and it says so: one of these.
//   - Time (Bracket): values that changed date the list.
//   - Marks (Weigh): decoys, shared decoys and tokens that one export carries and
//     no other. One of them names the export, and nobody can forge them without
//     its key. Relay aliases and bare relay numbers are few enough to be guessed:
//     these count, and one alone names nothing.
//
// # What a name is worth
//
// Everything that one Result names is right together with probability 1−α (see
// Log.Trace), if rows of a list are drawn at random from its sources and every
// way out is in the Log. Marks need neither assumption. No result says "this
// person leaked it": it says from which file or screen the list derives.
//
// # Limits
//
// Rows picked so as to point at a colleague defeat correlation, not marks. A
// path past the log can be put in as Unlogged, and is then a live alternative.
// An intersection of several exports has no unique decoys; shared ones are for
// that. Everything here is deterministic: the same input and seed give the same
// result, so that others can repeat it.
package trace
