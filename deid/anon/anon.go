// Package anon turns a table of personal records into one that tells of nobody in
// particular, and measures what it is still good for and what it still gives away.
//
// # What it does
//
// A Job names the columns that help to recognise a person, each with a hierarchy
// of less exact values (package hierarchy), and the models that every class of
// records alike must satisfy: K, KMap, Distinct, Entropy, Recursive, Close,
// Presence. Two engines make a Result of it:
//
//   - Local tells each class as exactly as it can and leaves nobody out. Use it
//     unless whoever reads the release cannot cope with values of different
//     exactness in one column.
//   - Uniform tells each column at one level throughout, leaves out records where
//     that costs less, and is optimal under that rule.
//
// A Result is written with Write, measured with Utility, Risk and QueryError, and
// attacked with Try. Joint finds out what several releases of the same people give
// away together, Combinations what the table gave away before.
//
// # What it refuses
//
// A value that a hierarchy does not cover, a table smaller than a class must be, a
// model that cannot be reached are errors that name row and column, never a
// value. A column that is not named as identifying or to be kept does not leave.
// Records do not leave in the order in which they came.
//
// # What it does not promise
//
// A class of k hides one among k from somebody who knows the identifying columns,
// and nothing from somebody who knows the columns that are kept. Whoever may know
// those must name them as identifying. K alone does not hide what a whole class
// has in common: add a model for each sensitive column. Being in a table at all
// can be the secret: then Presence, or counts with noise (package noise), and
// nothing else. Whether a release is anonymous in the sense of the law is decided
// by its trial and by people (PIPL arts. 4 and 73; GB/T 37964, GB/T 42460).
//
// The package is pure: chance comes in as a parameter, and the same job gives the
// same release.
package anon
