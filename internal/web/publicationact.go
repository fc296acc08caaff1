package web

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/publish"
)

func (p *staffPages) approvePublication(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	which, err := p.loadPublication(r)
	if err != nil {
		return err
	}
	var seen [32]byte
	if raw, err := hex.DecodeString(r.PostForm.Get("seen")); err == nil {
		copy(seen[:], raw)
	}
	_, err = p.Notices.Approve(r.Context(), r.Actor, which, seen)
	if lines, ok := r.said(err, fault.Conflict); err != nil && ok {
		return p.showPublication(w, r, lines)
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	here := publicationPath(which)
	return r.GoSaying(w, here, "flash.publish_approved")
}

// endPublication takes a notice down, gives up a draft, or writes down that a
// consent was withdrawn.
func (p *staffPages) endPublication(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	which, err := p.loadPublication(r)
	if err != nil {
		return err
	}
	unlock := false
	switch r.PathValue("what") {
	case "withdraw":
		_, err = p.Notices.Withdraw(r.Context(), r.Actor, which)
	case "unlock":
		unlock = true
		err = p.Notices.Unfasten(r.Context(), r.Actor, which, publish.LockKind(r.PostForm.Get("lock")))
	default:
		return fault.New(fault.NotFound, "page.unknown")
	}
	if lines, ok := r.said(err, fault.Conflict); err != nil && ok {
		return p.showPublication(w, r, lines)
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	here := publicationPath(which)
	if unlock {
		return r.GoSaying(w, here, "flash.publish_unlocked")
	}
	return r.GoSaying(w, here, "flash.publish_ended")
}

func (p *staffPages) lockPublication(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	which, err := p.loadPublication(r)
	if err != nil {
		return err
	}
	l := publish.Lock{Kind: publish.LockKind(r.PostForm.Get("lock")), Reference: strings.TrimSpace(r.PostForm.Get("reference"))}
	if day, err := typedDay(r.PostForm.Get("on")); err == nil {
		l.On = day
	}
	err = p.Notices.Fasten(r.Context(), r.Actor, which, l)
	if lines, ok := r.said(err, fault.Conflict); err != nil && ok {
		return p.showPublication(w, r, lines)
	}
	if err != nil {
		return p.deny(w, r, err)
	}
	here := publicationPath(which)
	return r.GoSaying(w, here, "flash.publish_locked")
}

// publicationNumbers answers, once, with which row of the preparer's own list has
// which notice number. It names nobody.
func (p *staffPages) publicationNumbers(w http.ResponseWriter, r *Request) error {
	which, err := p.loadPublication(r)
	if err != nil {
		return err
	}
	list, err := p.Notices.Numbers(r.Context(), r.Actor, which)
	if err != nil {
		return p.deny(w, r, err)
	}
	var b bytes.Buffer
	b.WriteString("\uFEFF") // so that spreadsheets read it as UTF-8
	c := csv.NewWriter(&b)
	header, records := []string{r.P.T("publish.numbers.row"), publish.NumberHeader}, len(list) > 0 && list[0].Record != ""
	if records {
		header = append(header, r.P.T("publish.numbers.record"))
	}
	rows := [][]string{header}
	for i, x := range list {
		row := []string{strconv.Itoa(i + 1), x.Number}
		if records {
			row = append(row, pathSubjects+"/"+x.Record)
		}
		rows = append(rows, row)
	}
	if err := c.WriteAll(rows); err != nil {
		return err
	}
	return r.download(w, "wardfold-notice-numbers.csv", b.Bytes())
}
