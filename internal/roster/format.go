package roster

import (
	"bytes"
	"io"

	"github.com/wardfold/wardfold/internal/fault"
)

// The first bytes of the formats that people send.
var (
	magicZIP = []byte("PK\x03\x04")
	magicOLE = []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") // [MS-CFB] 2.2: old Office and encrypted files
	others   = [][]byte{[]byte("%PDF"), []byte("\x89PNG"), []byte("\xFF\xD8\xFF"), []byte("GIF8"), []byte("Rar!"), []byte("7z\xBC\xAF"), []byte("\x1F\x8B"), []byte("{\\rtf"), []byte("<?xml"), []byte("<html"), []byte("<!DOC"), []byte("PK")}
)

// open tells the format by content; a name or a media type proves nothing.
func open(src io.ReaderAt, size int64, lim Limits) (file, error) {
	if size > lim.In {
		return nil, fault.New(fault.Limited, "roster.size", lim.In>>20)
	}
	head := make([]byte, min(size, 8))
	if _, err := src.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	case len(head) == 0:
		return nil, fault.New(fault.Invalid, "roster.empty")
	case bytes.HasPrefix(head, magicZIP):
		return openBook(src, size, lim)
	case bytes.HasPrefix(head, magicOLE):
		return nil, oleFault(src, size)
	}
	for _, m := range others {
		if bytes.HasPrefix(head, m) {
			return nil, fault.New(fault.Invalid, "roster.format")
		}
	}
	return openCSV(src, size)
}

// oleFault tells an encrypted xlsx from an old xls: both are compound files,
// whose directory names its streams in UTF-16. Source: [MS-OFFCRYPTO] 2.3.4.
func oleFault(src io.ReaderAt, size int64) error {
	mark := []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
	buf := make([]byte, 64<<10)
	for off := int64(0); off < size; off += int64(len(buf) - len(mark)) {
		n, err := src.ReadAt(buf, off)
		if bytes.Contains(buf[:n], mark) {
			return fault.New(fault.Invalid, "roster.encrypted")
		}
		if err != nil {
			break
		}
	}
	return fault.New(fault.Invalid, "roster.old_format")
}
