package verify

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
)

// member is one file of an archive.
type member struct {
	name string
	text []byte
}

// archive prints files as a zip archive: stored, without times, comments or extra
// fields, names in UTF-8. There is one archive for each list of files, so a
// reader who prints it again finds every changed byte.
// Source: PKWARE APPNOTE.TXT 6.3.3, 4.3.7, 4.3.12 and 4.3.16.
func archive(files []member) []byte {
	le := binary.LittleEndian
	var b, central []byte
	for _, f := range files {
		at := len(b)
		b = append(about(le.AppendUint32(b, 0x04034b50), f), f.name...)
		b = append(b, f.text...)
		central = about(le.AppendUint16(le.AppendUint32(central, 0x02014b50), 20), f)
		central = append(central, make([]byte, 2+2+2+4)...) // no comment, disk 0, no attributes
		central = append(le.AppendUint32(central, uint32(at)), f.name...)
	}
	at := len(b)
	b = le.AppendUint32(append(b, central...), 0x06054b50)
	b = le.AppendUint32(b, 0) // one disk
	b = le.AppendUint16(le.AppendUint16(b, uint16(len(files))), uint16(len(files)))
	b = le.AppendUint32(le.AppendUint32(b, uint32(len(central))), uint32(at))
	return le.AppendUint16(b, 0) // no comment
}

// about prints what both headers of a file say.
func about(b []byte, f member) []byte {
	le := binary.LittleEndian
	b = le.AppendUint16(b, 20)       // of version 2.0
	b = le.AppendUint16(b, 1<<11)    // the name is UTF-8
	b = le.AppendUint16(b, 0)        // stored
	b = le.AppendUint32(b, 0x21<<16) // 1 January 1980, 00:00: no time
	b = le.AppendUint32(b, crc32.ChecksumIEEE(f.text))
	b = le.AppendUint32(b, uint32(len(f.text)))
	b = le.AppendUint32(b, uint32(len(f.text)))
	b = le.AppendUint16(b, uint16(len(f.name)))
	return le.AppendUint16(b, 0) // no extra field
}

// unpacked reads one file of an archive.
func unpacked(data []byte, name string) ([]byte, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fail(Malformed, "not a zip archive")
	}
	for _, f := range r.File {
		if f.Name != name || f.Method != zip.Store || f.UncompressedSize64 > uint64(len(data)) {
			continue
		}
		in, err := f.Open()
		if err != nil {
			break
		}
		text, err := io.ReadAll(io.LimitReader(in, int64(len(data))))
		if _ = in.Close(); err != nil { // it was only read
			break
		}
		return text, nil
	}
	return nil, fail(Malformed, "the archive has no %s that can be read", name)
}
