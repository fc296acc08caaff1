package web

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/web/ui"
)

const (
	draftCookie = "draft"
	draftAge    = 15 * time.Minute // as long as a link to enrol lives
	draftField  = 240              // bytes kept of a field: 60 characters, the most a form lets anybody type
)

// draft is what a person has typed so far in a form of several pages, so that
// each page has an address of its own and the browser's Back and Reload just
// work. It lies sealed in that very browser: the server keeps nothing before the
// last confirmation, and nothing stands in an address.
type draft struct {
	Page   string            `json:"page"` // the furthest page reached
	Fields map[string]string `json:"fields"`
	Wrong  ui.Errors         `json:"wrong,omitempty"` // told on the next page, once
}

// take puts the fields of a form that it has into the draft.
func (d *draft) take(form url.Values, fields ...string) {
	for _, f := range fields {
		if form.Has(f) {
			d.Fields[f] = clip(strings.TrimSpace(form.Get(f)))
		}
	}
}

// tick is take for boxes: one that the form does not have is off.
func (d *draft) tick(form url.Values, boxes ...string) {
	for _, b := range boxes {
		delete(d.Fields, b)
	}
	d.take(form, boxes...)
}

// clip keeps a cookie small; what is longer is wrong in every field there is.
func clip(s string) string {
	if len(s) <= draftField {
		return s
	}
	return strings.ToValidUTF8(s[:draftField], "")
}

// reached reports whether the draft has come to a page of those in order.
func (d draft) reached(page string, order []string) bool {
	return slices.Index(order, d.Page) >= slices.Index(order, page)
}

// draft returns what this browser keeps of the form at a path; an empty draft if
// it keeps none.
func (r *Request) draft(path string) draft {
	none := draft{Fields: map[string]string{}}
	sealed, err := base64.RawURLEncoding.DecodeString(r.server.jar.Get(r.Request, draftCookie))
	if err != nil {
		return none
	}
	aead, err := draftAEAD(r.Browser())
	if err != nil {
		return none
	}
	plain, err := aead.Open(nil, nil, sealed, []byte(path))
	if err != nil {
		return none
	}
	var d draft
	if err := json.Unmarshal(plain, &d); err != nil || d.Fields == nil {
		return none
	}
	return d
}

// keepDraft gives browser b the draft of the form at a path.
func (r *Request) keepDraft(w http.ResponseWriter, b account.Browser, path string, d draft) error {
	plain, err := json.Marshal(d)
	if err != nil {
		return err
	}
	aead, err := draftAEAD(b)
	if err != nil {
		return err
	}
	sealed := aead.Seal(nil, nil, plain, []byte(path))
	r.server.jar.Set(w, draftCookie, base64.RawURLEncoding.EncodeToString(sealed), draftAge)
	return nil
}

// waits reports whether err only says that a code is on its way already to the
// phone that this form holds, asked for in this very browser: it still counts. To
// any other browser it is of no use.
func (r *Request) waits(err error, path, field string) bool {
	d := r.draft(path)
	return fault.CodeOf(err) == "code.wait" && d.reached(stepCode, enrolSteps) && d.Fields[field] == clip(strings.TrimSpace(r.PostForm.Get(field)))
}

// lead keeps the draft of the form at a path in browser b and goes to one of the
// form's pages.
func (r *Request) lead(w http.ResponseWriter, b account.Browser, path string, d draft, page string) error {
	if err := r.keepDraft(w, b, path, d); err != nil {
		return err
	}
	return r.Go(w, page)
}

// told returns what is wrong in the draft and forgets it: a page that is loaded
// again does not repeat what has been mended.
func (r *Request) told(w http.ResponseWriter, path string, d *draft) (ui.Errors, error) {
	wrong := d.Wrong
	if len(wrong) == 0 {
		return nil, nil
	}
	d.Wrong = nil
	return wrong, r.keepDraft(w, r.Browser(), path, *d)
}

// dropDraft forgets what was typed, once it has been used or refused.
func (r *Request) dropDraft(w http.ResponseWriter) {
	if r.server.jar.Get(r.Request, draftCookie) != "" {
		r.server.jar.Drop(w, draftCookie)
	}
}

func draftAEAD(b account.Browser) (cipher.AEAD, error) {
	key, err := draftKey(b)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
