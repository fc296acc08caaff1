package main

import (
	"cmp"
	"context"
	"html"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/wardfold/wardfold/internal/notify"
	"github.com/wardfold/wardfold/internal/relay"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// demoPhone is the page that shows what the gateway would have sent, and what the
// authenticators of the invented staff show now. Only the demonstration has it.
type demoPhone struct {
	phone    *notify.Phone
	line     *relay.Local
	visitors []visitor
}

func (d demoPhone) route() web.Route {
	return web.Route{Pattern: "GET " + demoPath, Handler: d.show, Access: web.Anyone}
}

func (d demoPhone) show(w http.ResponseWriter, r *web.Request) error {
	w.Header().Set("Refresh", "5")
	page := r.Page("cli.phone.title")
	return r.Show(w, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Shell(page).Render(templ.WithChildren(ctx, d.body(r)), w)
	}))
}

func (d demoPhone) body(r *web.Request) templ.Component {
	messages := ui.Table{Caption: r.P.T("cli.phone.messages"), Heads: columns(r, "cli.phone.time", "cli.phone.to", "cli.phone.text")}
	for _, m := range d.phone.Messages() {
		messages.Rows = append(messages.Rows, []ui.Cell{{Text: r.P.Time(m.At)}, {Text: reveal(m.To)}, {Text: reveal(m.Text)}})
	}
	calls := ui.Table{Caption: r.P.T("cli.phone.calls"), Heads: columns(r, "cli.phone.time", "cli.phone.desk", "cli.phone.family")}
	if d.line != nil {
		for _, c := range d.line.Calls() {
			calls.Rows = append(calls.Rows, []ui.Cell{{Text: r.P.Time(c.At)}, {Text: cmp.Or(c.Leg, reveal(c.Desk))}, {Text: reveal(c.Family)}})
		}
	}
	codes := ui.Table{Caption: r.P.T("cli.phone.codes"), Heads: columns(r, "cli.phone.who", "cli.phone.login", "cli.phone.code")}
	for _, v := range d.visitors {
		if v.Login != "" {
			codes.Rows = append(codes.Rows, []ui.Cell{{Text: r.P.T("demo.persona." + v.Key)}, {Text: v.Login}, {Text: codeNow(v.OneTime, time.Now())}})
		}
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var head strings.Builder
		head.WriteString("<h1>" + html.EscapeString(r.P.T("cli.phone.title")) + "</h1>")
		head.WriteString("<p class=\"lead\">" + html.EscapeString(r.P.T("cli.phone.lead")) + "</p>")
		if _, err := io.WriteString(w, head.String()); err != nil {
			return err
		}
		if err := ui.Grid(messages).Render(ctx, w); err != nil {
			return err
		}
		if err := ui.Grid(calls).Render(ctx, w); err != nil {
			return err
		}
		return ui.Grid(codes).Render(ctx, w)
	})
}

func columns(r *web.Request, keys ...string) (list []ui.Head) {
	for _, k := range keys {
		list = append(list, ui.Head{Text: r.P.T(k)})
	}
	return list
}
