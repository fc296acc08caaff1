package source

import (
	"bytes"
	"path"
	"strings"

	"github.com/wardfold/wardfold/internal/source/flow"
)

// kind is how an input is read.
type kind string

const (
	kindText   kind = "text"
	kindTable  kind = "table"
	kindHTML   kind = "html"
	kindJSON   kind = "json"
	kindXML    kind = "xml"
	kindMail   kind = "mail"
	kindZip    kind = "zip"
	kindGzip   kind = "gzip"
	kindBzip2  kind = "bzip2"
	kindTar    kind = "tar"
	kindOLE    kind = "ole"
	kindPDF    kind = "pdf"
	kindSQLite kind = "sqlite"
	kindEmpty  kind = "empty"

	kindClosed  kind = "closed"  // an archive or document that no reader here opens
	kindPicture kind = "picture" // pictures, sound, film, fonts
	kindProgram kind = "program"
	kindBinary  kind = "binary"
)

// magics are the first bytes of formats; the longest matching wins by order.
var magics = []struct {
	at   int
	mark string
	kind kind
}{
	{0, "PK\x03\x04", kindZip}, {0, "PK\x05\x06", kindZip}, {0, "\x1f\x8b", kindGzip}, {0, "BZh", kindBzip2},
	{257, "ustar", kindTar}, {0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", kindOLE}, {0, "%PDF-", kindPDF},
	{0, "SQLite format 3\x00", kindSQLite},
	{0, "7z\xBC\xAF\x27\x1C", kindClosed}, {0, "Rar!\x1a\x07", kindClosed}, {0, "\xFD7zXZ\x00", kindClosed},
	{0, "\x28\xB5\x2F\xFD", kindClosed}, {0, "\x04\x22\x4D\x18", kindClosed}, {0, "LZIP", kindClosed}, {0, "PAR1", kindClosed}, {0, "!BDN", kindClosed}, {0, "MSCF", kindClosed}, {4, "Standard Jet DB", kindClosed}, {4, "Standard ACE DB", kindClosed},
	{0, "\x89PNG\r\n", kindPicture}, {0, "\xFF\xD8\xFF", kindPicture}, {0, "GIF8", kindPicture}, {0, "BM", kindBinary},
	{0, "RIFF", kindPicture}, {0, "II*\x00", kindPicture}, {0, "MM\x00*", kindPicture}, {4, "ftyp", kindPicture},
	{0, "OggS", kindPicture}, {0, "ID3", kindPicture}, {0, "\xFF\xFB", kindPicture}, {0, "fLaC", kindPicture},
	{0, "\x1aE\xDF\xA3", kindPicture}, {0, "wOFF", kindPicture}, {0, "wOF2", kindPicture}, {0, "OTTO", kindPicture},
	{0, "ttcf", kindPicture}, {0, "\x00\x01\x00\x00\x00", kindPicture}, {0, "\x00\x00\x01\x00", kindPicture},
	{0, "\x7fELF", kindProgram}, {0, "MZ", kindBinary}, {0, "\xCA\xFE\xBA\xBE", kindProgram}, {0, "\xCF\xFA\xED\xFE", kindProgram},
	{0, "\x00asm", kindProgram}, {0, "DIRC", kindBinary}, {0, "PACK", kindBinary},
}

// named are the formats that are told by their name, of files that are text.
var named = map[string]kind{
	".csv": kindTable, ".tsv": kindTable, ".tab": kindTable,
	".htm": kindHTML, ".html": kindHTML, ".xhtml": kindHTML, ".wxml": kindHTML, ".vue": kindHTML,
	".json": kindJSON, ".jsonl": kindJSON, ".ndjson": kindJSON, ".geojson": kindJSON, ".har": kindJSON,
	".xml": kindXML, ".svg": kindXML, ".rss": kindXML, ".plist": kindXML, ".kml": kindXML,
	".eml": kindMail, ".mht": kindMail, ".mhtml": kindMail,
}

// kindOf tells what an input is from its first bytes, then from its name.
func kindOf(name string, head []byte) kind {
	if len(head) == 0 {
		return kindEmpty
	}
	for _, m := range magics {
		if len(head) >= m.at+len(m.mark) && string(head[m.at:m.at+len(m.mark)]) == m.mark {
			if m.kind == kindBinary && !flow.Binary(head) {
				break // two letters may begin a text
			}
			return m.kind
		}
	}
	if flow.Binary(head) {
		if closed(name, head) != "source.closed" {
			return kindClosed
		}
		return kindBinary
	}
	if k, ok := named[strings.ToLower(path.Ext(name))]; ok {
		return k
	}
	return kindOfText(head)
}

// closedAs tells by its name what to do about a file that no reader here opens.
var closedAs = map[string]string{
	".7z": "archive", ".rar": "archive", ".xz": "archive", ".txz": "archive", ".zst": "archive", ".lz4": "archive", ".lz": "archive",
	".cab": "archive", ".arj": "archive", ".z": "archive", ".ppt": "slides", ".pps": "slides", ".dps": "slides", ".xlsb": "sheet", ".et": "sheet",
	".wps": "words", ".doc": "words", ".hwp": "words", ".msg": "mail", ".pst": "mail", ".ost": "mail",
	".mdb": "data", ".accdb": "data", ".dbf": "data", ".parquet": "data", ".sav": "data", ".sqlite": "data", ".db": "data",
	".caj": "pages", ".nh": "pages", ".kdh": "pages",
}

// closed is the code of a file that no reader here opens.
func closed(name string, head []byte) string {
	if how, ok := closedAs[strings.ToLower(path.Ext(name))]; ok {
		return "source.closed." + how
	}
	for mark, how := range map[string]string{"7z\xBC": "archive", "Rar!": "archive", "\xFD7zXZ": "archive", "\x28\xB5\x2F\xFD": "archive", "MSCF": "archive",
		"\x04\x22\x4D\x18": "archive", "LZIP": "archive", "PAR1": "data", "!BDN": "mail"} {
		if bytes.HasPrefix(head, []byte(mark)) {
			return "source.closed." + how
		}
	}
	return "source.closed"
}

// kindOfText tells what a text without a telling name is.
func kindOfText(head []byte) kind {
	start := bytes.ToLower(bytes.TrimLeft(head[:min(len(head), 512)], "\xEF\xBB\xBF \t\r\n"))
	for _, m := range []struct {
		mark string
		kind kind
	}{
		{"<!doctype html", kindHTML}, {"<html", kindHTML}, {"<head", kindHTML}, {"<body", kindHTML}, {"<?xml", kindXML},
		{"{\"", kindJSON}, {"[{", kindJSON}, {"received: ", kindMail}, {"return-path: ", kindMail}, {"mime-version: ", kindMail},
	} {
		if bytes.HasPrefix(start, []byte(m.mark)) {
			return m.kind
		}
	}
	if flow.Comma(head, false) != 0 {
		return kindTable
	}
	return kindText
}
