package source

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/wardfold/wardfold/internal/source/flow"
	"github.com/wardfold/wardfold/internal/source/office"
)

// archive opens what packs other files.
func (e *examiner) archive(k kind, in input) error {
	if in.depth >= e.opt.Limits.Depth {
		return &flow.Problem{Name: in.name, Code: "source.deep", Args: []any{e.opt.Limits.Depth}}
	}
	switch k {
	case kindGzip:
		z, err := gzip.NewReader(in.r)
		if err != nil {
			return err
		}
		return e.single(in, z, ".gz", ".tgz", ".tar")
	case kindBzip2:
		return e.single(in, bzip2.NewReader(in.r), ".bz2", ".tbz", ".tar")
	case kindTar:
		return e.tar(in)
	}
	return e.random(in, func(at io.ReaderAt, size int64) error { return e.zip(at, size, in) })
}

// single examines the one stream that a compressor packed.
func (e *examiner) single(in input, r io.Reader, suffix, short, long string) error {
	name := path.Base(in.name)
	switch lower := strings.ToLower(name); {
	case strings.HasSuffix(lower, suffix):
		name = name[:len(name)-len(suffix)]
	case strings.HasSuffix(lower, short):
		name = name[:len(name)-len(short)] + long
	}
	return e.examine(input{name: in.name + "!/" + name, size: -1, r: e.unpacked(in.name, r), depth: in.depth + 1})
}

// unpacked counts what comes out of an archive against the limits of the item.
func (e *examiner) unpacked(name string, r io.Reader) io.Reader { return &counted{e, name, r} }

type counted struct {
	e    *examiner
	name string
	r    io.Reader
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.e.out += int64(n)
	lim := c.e.opt.Limits
	if c.e.out > lim.Out || c.e.out > lim.Free && c.e.out/lim.Ratio > c.e.packed {
		c.e.bomb = true
		whole, _, _ := strings.Cut(c.name, "!/") // what else is in it is left, too
		return 0, &flow.Problem{Name: whole, Code: "source.bomb"}
	}
	return n, err
}

func (e *examiner) tar(in input) error {
	t := tar.NewReader(in.r)
	for n := 0; ; n++ {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if n >= e.opt.Limits.Entries {
			return &flow.Problem{Name: in.name, Code: "source.entries", Args: []any{e.opt.Limits.Entries}}
		}
		name := in.name + "!/" + memberName(h.Name, false)
		switch h.Typeflag {
		case tar.TypeReg:
			err = e.examine(input{name: name, size: h.Size, r: e.unpacked(name, t), depth: in.depth + 1})
		case tar.TypeSymlink, tar.TypeLink:
			err = e.w.Problem(skip(name, "source.link"))
		}
		if err != nil {
			return err
		}
	}
}

// zip examines the members of a zip file, or the office document that it is.
func (e *examiner) zip(at io.ReaderAt, size int64, in input) error {
	if err := e.checkDirectory(at, size, in.name); err != nil {
		return err
	}
	z, err := zip.NewReader(at, size)
	if err != nil {
		return err
	}
	if len(z.File) > e.opt.Limits.Entries {
		return &flow.Problem{Name: in.name, Code: "source.entries", Args: []any{e.opt.Limits.Entries}}
	}
	member := func(f *zip.File) error { return e.member(f, in) }
	if read := office.For(z); read != nil {
		open := func(f *zip.File) (io.ReadCloser, error) {
			r, err := f.Open()
			if err != nil {
				return nil, err
			}
			return both{e.unpacked(in.name, &watched{e.ctx, r}), r}, nil
		}
		return read(&office.Document{Name: in.name, Zip: z, Open: open, Member: member}, e.w)
	}
	for _, f := range z.File {
		if err := member(f); err != nil {
			return err
		}
	}
	return nil
}

type both struct {
	io.Reader
	io.Closer
}

func (e *examiner) member(f *zip.File, in input) error {
	name := in.name + "!/" + memberName(f.Name, f.NonUTF8)
	switch {
	case f.FileInfo().IsDir():
		return nil
	case f.Flags&1 != 0:
		return e.w.Problem(&flow.Problem{Name: name, Code: "source.encrypted"})
	case f.Mode()&0o170000 != 0 && !f.Mode().IsRegular():
		return e.w.Problem(skip(name, "source.link"))
	}
	r, err := f.Open()
	if err != nil {
		return e.w.Report(name, problem(name, err))
	}
	err = e.examine(input{name: name, size: int64(f.UncompressedSize64), r: e.unpacked(name, r), depth: in.depth + 1})
	_ = r.Close() // it was only read
	return err
}

// memberName is the name of a member as text. Chinese systems write names in
// their own charset and do not say so.
func memberName(name string, foreign bool) string {
	if foreign || !utf8.ValidString(name) {
		if s := flow.GB18030.Decode([]byte(name)); utf8.Valid(s) {
			name = string(s)
		}
	}
	return strings.ReplaceAll(strings.TrimLeft(name, "/"), `\`, "/")
}

// directoryMax bounds what a zip directory may take, in bytes: archive/zip holds
// all of it.
const directoryMax = 64 << 20

// checkDirectory looks at the end record before anybody allocates for the
// directory. Source: PKWARE APPNOTE 4.3.14 and 4.3.16.
func (e *examiner) checkDirectory(at io.ReaderAt, size int64, name string) error {
	tail := make([]byte, min(size, 64<<10+22+20))
	if _, err := at.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return err
	}
	i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if i < 0 || i+22 > len(tail) {
		return errors.New("no end of directory")
	}
	length := int64(binary.LittleEndian.Uint32(tail[i+12:]))
	if length == 0xFFFFFFFF && i >= 20 && string(tail[i-20:i-16]) == "PK\x06\x07" {
		record := make([]byte, 56)
		if _, err := at.ReadAt(record, int64(binary.LittleEndian.Uint64(tail[i-12:]))); err != nil {
			return err
		}
		length = int64(binary.LittleEndian.Uint64(record[40:]))
	}
	if length > directoryMax || length < 0 {
		return &flow.Problem{Name: name, Code: "source.entries", Args: []any{e.opt.Limits.Entries}}
	}
	return nil
}
