package source

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strconv"
	"strings"

	"golang.org/x/net/html/charset"

	"github.com/wardfold/wardfold/internal/source/flow"
)

// headMax bounds the header of a message, in bytes.
const headMax = 1 << 20

// shownHeads are the lines of a header that name people.
var shownHeads = []string{"From", "Sender", "To", "Cc", "Bcc", "Reply-To", "Subject"}

// mail reads a message (RFC 5322, RFC 2045): who wrote to whom about what, its
// texts, and its attachments as files of their own.
func (e *examiner) mail(in input) error {
	if in.depth >= e.opt.Limits.Depth {
		return &flow.Problem{Name: in.name, Code: "source.deep", Args: []any{e.opt.Limits.Depth}}
	}
	b := bufio.NewReaderSize(in.r, headSize)
	head, err := readHead(b)
	if err != nil {
		return err
	}
	m, err := mail.ReadMessage(bytes.NewReader(head))
	if err != nil {
		return err
	}
	if err := e.w.Part(flow.Part{Name: in.name}); err != nil {
		return err
	}
	if err := e.w.Unit("header"); err != nil {
		return err
	}
	words := mime.WordDecoder{CharsetReader: charset.NewReaderLabel}
	for _, k := range shownHeads {
		for _, v := range m.Header[k] {
			if plain, err := words.DecodeHeader(v); err == nil {
				v = plain
			}
			if err := e.w.WriteString(k + ": " + v + "\n"); err != nil {
				return err
			}
		}
	}
	return e.entity(in, textproto.MIMEHeader(m.Header), b, "1")
}

// readHead reads up to the empty line that ends a header, and gives it with it.
func readHead(b *bufio.Reader) ([]byte, error) {
	var head []byte
	for len(head) < headMax {
		line, err := b.ReadSlice('\n')
		head = append(head, line...)
		if err == io.EOF {
			return append(head, "\r\n\r\n"...), nil
		}
		if err != nil && err != bufio.ErrBufferFull {
			return nil, err
		}
		if err == nil && len(bytes.TrimRight(line, "\r\n")) == 0 {
			return head, nil
		}
	}
	return nil, errors.New("header without end")
}

// entity reads one part of a message; number is its place as in "1.2".
func (e *examiner) entity(in input, h textproto.MIMEHeader, body io.Reader, number string) error {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") && params["boundary"] != "" {
		return e.multipart(in, multipart.NewReader(body, params["boundary"]), number)
	}
	switch strings.ToLower(strings.TrimSpace(h.Get("Content-Transfer-Encoding"))) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	part := input{name: in.name + "!/" + number, size: -1, r: body, mime: kind, depth: in.depth + 1}
	name := fileName(h, params)
	switch {
	case kind == "message/rfc822":
		return e.guard(part, e.mail)
	case name != "":
		part.name = in.name + "!/" + name
	case strings.HasPrefix(kind, "text/") && params["charset"] != "":
		if r, err := charset.NewReaderLabel(params["charset"], body); err == nil {
			part.r = r
		}
	}
	return e.examine(part)
}

// guard reports what is wrong within a part, and lets the message go on.
func (e *examiner) guard(in input, read func(input) error) error {
	return e.w.Report(in.name, problem(in.name, read(in)))
}

func (e *examiner) multipart(in input, m *multipart.Reader, number string) error {
	for i := 1; ; i++ {
		if i > e.opt.Limits.Entries {
			return &flow.Problem{Name: in.name, Code: "source.entries", Args: []any{e.opt.Limits.Entries}}
		}
		p, err := m.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		deeper := in
		deeper.depth++
		if deeper.depth > e.opt.Limits.Depth {
			return &flow.Problem{Name: in.name, Code: "source.deep", Args: []any{e.opt.Limits.Depth}}
		}
		at := strconv.Itoa(i)
		if number != "1" {
			at = number + "." + at
		}
		deeper.name = in.name
		if err := e.entity(deeper, p.Header, p, at); err != nil {
			return err
		}
	}
}

// fileName is the name of an attachment.
func fileName(h textproto.MIMEHeader, params map[string]string) string {
	name := params["name"]
	if _, p, err := mime.ParseMediaType(h.Get("Content-Disposition")); err == nil && p["filename"] != "" {
		name = p["filename"]
	}
	words := mime.WordDecoder{CharsetReader: charset.NewReaderLabel}
	if plain, err := words.DecodeHeader(name); err == nil {
		name = plain
	}
	return memberName(name, false)
}
