package web

import (
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/internal/web/ui"
	"github.com/wardfold/wardfold/verify"
)

// judgeRelease checks the certificate of research data against the keys of the
// institutions here. The data themselves stay with who has them: wardcheck counts
// them anew.
func (s *Site) judgeRelease(r *Request, cert verify.Release) (verdict, error) {
	key, whose, err := s.logOf(r, cert.Key)
	if err != nil {
		return verdict{}, err
	}
	stated, err := cert.Verify(key)
	if err != nil {
		return r.disproved(err), nil
	}
	rows := releaseRows(r, stated)
	if key.IsZero() {
		return verdict{Kind: ui.Warning, Title: r.P.T("check.foreign"), Text: r.P.T("check.foreign.text"), Rows: rows}, nil
	}
	rows = append([]ui.Row{{Key: r.P.T("check.row.institution"), Value: whose.Name}}, rows...)
	return verdict{Kind: ui.Success, Title: r.P.T("check.release.good"), Text: r.P.T("check.release.text"), Rows: rows}, nil
}

// releaseRows are what a certificate states, in words.
func releaseRows(r *Request, s verify.Statement) []ui.Row {
	var vague, kept []string
	for _, c := range s.Columns {
		if c.Role == verify.Identifying {
			vague = append(vague, c.Name)
		} else {
			kept = append(kept, c.Name)
		}
	}
	rows := []ui.Row{
		{Key: r.P.T("check.row.when"), Value: r.P.Time(s.Made)},
		{Key: r.P.T("research.method"), Value: r.P.T("research.method." + s.Method)},
		{Key: r.P.T("check.release.models"), Value: strings.Join(s.Models, "；")},
		{Key: r.P.T("check.release.vague"), Value: strings.Join(vague, "、")},
		{Key: r.P.T("check.release.kept"), Value: strings.Join(kept, "、")},
		{Key: r.P.T("research.groups"), Value: r.P.T("check.release.groups", s.Counted.Records, s.Counted.Classes, s.Counted.Smallest)},
		{Key: r.P.T("research.test.risk"), Value: r.P.T("check.release.risk", share(s.Risk.Prosecutor), share(s.Risk.Threshold))},
	}
	if t := s.Trial; t != nil {
		rows = append(rows, ui.Row{Key: r.P.T("research.test.linkage"), Value: r.P.T("check.release.trial", strconv.Itoa(t.Targets), share(t.Linked), share(t.Most))})
	}
	return append(rows, ui.Row{Key: r.P.T("research.hash"), Value: fingerprint(s.Counted.SHA256)})
}
