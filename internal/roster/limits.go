package roster

// Limits bound what one file may cost. They are counted while reading: what
// the file says about itself is only the first test.
type Limits struct {
	In      int64 // bytes of the file
	Out     int64 // bytes of all parts of an archive together, unpacked
	Ratio   int64 // unpacked bytes for one packed byte, for parts of 1 MiB and more
	Entries int   // parts of an archive
	Rows    int   // lines that are not blank
	Columns int   // columns of the header line
	Strings int   // entries of the shared-string table
	Text    int   // bytes of all shared strings together
	Tags    int   // tags of one XML part
}

// DefaultLimits let a roster of 200,000 lines pass and keep a hostile file
// below one second and 64 MiB.
var DefaultLimits = Limits{
	In:      10 << 20,
	Out:     100 << 20,
	Ratio:   100,
	Entries: 2000,
	Rows:    200_000,
	Columns: 256,
	Strings: 2_000_000,
	Text:    16 << 20,
	Tags:    12_000_000,
}

// cellMax is the number of bytes kept of one cell. A spreadsheet cell holds at
// most 32,767 characters; no field of a roster needs a hundredth of that.
const cellMax = 32 << 10

// maxRow and maxColumn bound an xlsx sheet. Source: ECMA-376 part 1, 18.3.1.73.
const (
	maxRow    = 1 << 20
	maxColumn = 1 << 14
)
