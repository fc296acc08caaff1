package roster

import (
	"archive/zip"
	"cmp"
	"encoding/binary"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/wardfold/wardfold/internal/fault"
)

// The end-of-directory record. Source: PKWARE APPNOTE 4.3.16.
const (
	endSize  = 22
	endMagic = 0x06054b50
)

// openArchive reads the directory of a zip file after making sure that it is
// small and is what it says: directory and end record close the file, no part
// lies over another, and the promised sizes stay within the limits. Nothing is
// unpacked.
func openArchive(src io.ReaderAt, size int64, lim Limits) (*zip.Reader, error) {
	if err := checkEnd(src, size, lim); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(src, size)
	if err != nil {
		return nil, fault.New(fault.Invalid, "roster.damaged").Because(err)
	}
	if len(z.File) > lim.Entries {
		return nil, bomb("entries")
	}
	return z, checkParts(z.File, lim)
}

func bomb(why string) error {
	return fault.New(fault.Invalid, "roster.bomb").Because(errors.New(why))
}

// checkEnd bounds the directory before anybody allocates for its entries.
// archive/zip compares the promised count modulo 65,536 only.
func checkEnd(src io.ReaderAt, size int64, lim Limits) error {
	end := make([]byte, endSize)
	if _, err := src.ReadAt(end, max(size-endSize, 0)); err != nil && err != io.EOF {
		return err
	}
	le := binary.LittleEndian
	count, length, offset := int(le.Uint16(end[10:])), int64(le.Uint32(end[12:])), int64(le.Uint32(end[16:]))
	switch {
	case le.Uint32(end) != endMagic:
		return fault.New(fault.Invalid, "roster.damaged").Because(errors.New("no end of directory"))
	case count > lim.Entries || length > int64(lim.Entries)*512:
		return bomb("entries")
	case offset+length != size-endSize:
		return fault.New(fault.Invalid, "roster.damaged").Because(errors.New("the directory does not close the file"))
	}
	return nil
}

type span struct{ from, to int64 }

func checkParts(files []*zip.File, lim Limits) error {
	var total uint64
	spans := make([]span, 0, len(files))
	names := make(map[string]bool, len(files))
	for _, f := range files {
		name := strings.ToLower(f.Name) // part names are equal without case: ECMA-376 part 2, 6.2.2.3
		if names[name] {
			return bomb("two parts of one name")
		}
		names[name] = true
		if f.Flags&1 != 0 {
			return fault.New(fault.Invalid, "roster.encrypted")
		}
		unpacked, packed := f.UncompressedSize64, max(f.CompressedSize64, 1)
		if total += unpacked; unpacked > uint64(lim.Out) || total > uint64(lim.Out) {
			return bomb("unpacked size")
		}
		if unpacked >= 1<<20 && unpacked/packed > uint64(lim.Ratio) {
			return bomb("ratio")
		}
		from, err := f.DataOffset()
		if err != nil {
			return fault.New(fault.Invalid, "roster.damaged").Because(err)
		}
		spans = append(spans, span{from, from + int64(f.CompressedSize64)})
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return bomb("overlapping parts")
		}
	}
	return nil
}

// part is an open part of an archive. archive/zip stops with ErrFormat as soon
// as more comes out than the directory promised.
type part struct {
	io.ReadCloser
	size, left int64
}

func openPart(f *zip.File) (*part, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fault.New(fault.Invalid, "roster.damaged").Because(err)
	}
	n := int64(f.UncompressedSize64)
	return &part{r, n, n}, nil
}

func (p *part) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	p.left -= int64(n)
	switch {
	case err == zip.ErrFormat:
		return 0, bomb("lying size")
	case err != nil && err != io.EOF:
		err = fault.New(fault.Invalid, "roster.damaged").Because(err)
	}
	return n, err
}

// done is the share that was read.
func (p *part) done() float64 {
	if p.size == 0 {
		return 1
	}
	return float64(p.size-p.left) / float64(p.size)
}
