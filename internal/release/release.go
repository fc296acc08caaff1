// Package release is what leaves: files under an application, marked so that a
// leak points back to them.
//
// An application that was granted, for values in clear that will live outside
// this program, may be prepared as an export: from then on it is registered who
// may collect it and until when. The person named collects it once, within a
// day, on a fresh proof of identity. Only then are values opened, each row under
// the rules of a single look: a child whose consent is not live, or who is not
// in the grant any more, is left out and counted. Every family reads of it among
// who looked.
//
// Each file carries marks of its own: a serial for each row that is computed
// from the institution's key, and families that do not exist, on relay numbers
// that the institution controls (package trace/decoy). Numbers may be left out of
// it altogether: then each family has an alias there, a relay number with an
// extension that leads to it while the grant lives, and to nobody after (Forward). What was in it is
// registered row by row, with the version of each value, and its SHA-256. A leak
// is traced by these (package trace).
//
// What goes to another body is a provision: agreement, recipient, kinds and
// purpose are kept for three years.
package release

import (
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// Bounds of an export.
const (
	// Within is how long a prepared export waits for who is to collect it.
	Within = 24 * time.Hour
	// Capped is the most people in an export from what is not the source system of
	// its fields. Source: S3-23: copies of copies are where lists leak.
	Capped = 50
	// Largest bounds one file.
	Largest = 50_000
	// KeepProvisions is how long the record of a provision is kept. Source: PIPL
	// arts. 55, 56: three years.
	KeepProvisions = 3
)

// Format is the form of a file.
type Format string

// The formats.
const (
	XLSX Format = "xlsx" // with a cover sheet and a watermark
	CSV  Format = "csv"  // UTF-8 with a mark, safe for spreadsheets
)

// Formats lists them.
var Formats = []Format{XLSX, CSV}

// State is where an export is in its life.
type State string

// The states.
const (
	Prepared  State = "prepared"
	Collected State = "collected"
	Lapsed    State = "lapsed" // nobody came for it in time
)

// Shape is what a file is to be like.
type Shape struct {
	Format  Format
	Aliases bool // relay numbers with extensions in place of every number
}

// Export is one file that leaves, as it is registered.
type Export struct {
	ID          id.Export
	Institution id.Institution
	Application id.Application
	Grant       id.Grant
	Collector   id.Staff
	Store       id.Store // zero for several
	Purpose     string
	Fields      []string
	Format      Format
	Aliases     bool // relay numbers with extensions stand where numbers would
	State       State
	Prepared    time.Time
	Expires     time.Time
	Collected   time.Time
	People      int      // children in it; before it is collected, in the application
	LeftOut     int      // children of the application who are not in it
	Decoys      int      // families in it that do not exist
	Hash        [32]byte // SHA-256 of the file
}

// Collectable returns why somebody may not collect the export at a moment, or
// nil. Errors: fault.NotFound release.unknown for anybody else's;
// fault.Conflict release.collected, release.lapsed.
func (e Export) Collectable(by id.Staff, at time.Time) error {
	switch {
	case by.IsZero() || by != e.Collector:
		return fault.New(fault.NotFound, "release.unknown")
	case e.State == Collected:
		return fault.New(fault.Conflict, "release.collected")
	case e.State != Prepared || !at.Before(e.Expires):
		return fault.New(fault.Conflict, "release.lapsed")
	}
	return nil
}

// Row is one child in an export and the version of each value that it showed.
type Row struct {
	Child    id.Subject
	Guardian id.Subject // zero if there is none
	Versions map[string]uint32
}

// File is what is handed over.
type File struct {
	Export Export
	Name   string
	Type   string // media type
	Bytes  []byte
}

func (f Format) valid() bool { return slices.Contains(Formats, f) }
