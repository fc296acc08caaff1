package web

import (
	"encoding/hex"
	"net/http"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// noticePage shows a published notice whole, current or former.
type noticePage struct {
	ui.Page
	Notice catalogue.Notice
	Words  catalogue.Words
	Hash   string
}

func (s *Site) notice(w http.ResponseWriter, r *Request) error {
	inst, err := id.Parse[id.Institution](r.PathValue("institution"))
	if err != nil {
		return unknownPage(w, r)
	}
	which, err := id.Parse[id.Notice](r.PathValue("notice"))
	if err != nil {
		return unknownPage(w, r)
	}
	n, err := s.Places.NoticeOf(r.Context(), inst, which)
	if err != nil {
		return err
	}
	tongue := tongueOf(n, r.P.Tag())
	v := noticePage{Page: r.Page("check.notice.title"), Notice: n, Words: n.Words[tongue], Hash: fingerprint(n.Hash(tongue))}
	v.Title, v.Face = v.Words.Title, ui.Family
	return r.Show(w, v.body())
}

// fingerprint writes a hash in groups of eight, as people compare it.
func fingerprint(h [32]byte) string {
	s := hex.EncodeToString(h[:])
	out := ""
	for i := 0; i < len(s); i += 8 {
		out += " " + s[i:i+8]
	}
	return out[1:]
}
