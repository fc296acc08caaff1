// Package detect finds personal information in text and tables, Chinese first,
// and says which of it belongs to a minor on the day of the scan.
//
// # Use
//
// Make one Scanner with New and keep it; it is immutable and safe for concurrent
// use. Text scans bytes in memory, Read a stream, Parallel a file with several
// workers, Table the rows of a sheet or query. All yield values without pointers:
// a Finding has offsets into the input, never a part of it, so it may be logged.
// A scan allocates once for its scratch and nothing for each megabyte.
//
//	scanner := detect.New(detect.Options{On: detect.On(2026, 11, 22)})
//	for f, err := range scanner.Read(file) {
//		…
//	}
//
// # What is found
//
// Three families of kinds, told by how they are known:
//
//   - Numbers prove themselves: check digits, real dates, assigned regions,
//     prefixes and issuers, in every written form: separators, full-width digits,
//     +86, small x. What a number alone cannot prove (a passport, 学号, QQ) counts
//     beside the word that names it. A word such as 订单号 speaks against.
//   - Names and addresses are found by labels, by cues, by repetition, by a
//     gazetteer and by a small model.
//   - What describes a person (health, religion, marks, a difficulty) counts
//     beside somebody who is named in the same line, or behind a label of its own:
//     that asthma is common is not personal, that 王小明 has it is.
//
// Codes of organisations, order numbers, times, versions, hashes and ISBNs are
// not personal and not reported. A value that is already masked, as 138****5678,
// is reported as Masked: it was personal, and is no leak.
//
// # How sure
//
// Score is the natural logarithm of the odds, in hundredths, added up from what
// speaks for and against; Why lists that. Level is a band of it: from even odds
// Possible, from e to one Likely, from e³ (twenty) to one Certain. An identity
// number with check digit, region and date is far above: of 18 random digits less
// than one in a million passes.
//
// # Minors
//
// Minor says whether the person is under 14 (whose personal information is
// sensitive as such, PIPL art. 28), 14 to 17, or an adult, on Options.On, exact to
// the day. A birth on 29 February counts as 28 February in common years. Where
// only the month or year of birth is known the answer is Unknown unless it is the
// same for every day. A line that tells the age of one person lends it to all that
// stands in it. Dates of the Chinese calendar (2012年腊月初八, or any date behind 农历)
// are turned into the day they fall on.
//
// # Input
//
// UTF-8, GB18030 and UTF-16 are told apart by themselves, anew for each window of
// 128 KiB, and read without converting the whole; offsets are those of the input.
// Bytes that are no character, zeros, cut characters and lines without end change
// nothing but what they stand in. Windows end with a line where there is one; cues
// reach 72 bytes, a person 120 bytes within the line, repeated names through the
// window.
//
// # Speed
//
// One pass marks the few places where a number may stand, 64 bytes at a time
// (AVX2, or portable code that is proved equal; the build tag purego leaves the
// assembly out). No regular expression is used. "make bench-detect" prints what
// this machine does beside its memory.
//
// # What it does not do
//
// It opens no files and knows no formats: whoever reads documents hands over text
// or rows. It does not mask (package deid does) and does not decide whether
// holding the information is lawful.
package detect
