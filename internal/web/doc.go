// Package web is the face for people: pages rendered on the server from typed
// page structs, which work without script and look the same on a phone, a desk
// and paper. It decides nothing: who may see what is asked of the gate through
// the features, and values arrive here masked unless the gate has released
// them.
//
// # How a page is added
//
// One page is three things with one name, in two files:
//
//	internal/web/receipt.go     type receiptPage struct { ui.Page; … } and its handler
//	internal/web/receipt.templ  templ (v receiptPage) body() { @ui.Shell(v.Page) { … } }
//	one line in routes.go       {Pattern: "GET /receipt/{number}", Handler: s.receipt, Access: Anyone}
//
// and its words in internal/lang/messages/{zh-CN,en}/receipt.txt. Then run
// go generate ./internal/web/... and commit the generated file. home.go is the
// smallest example.
//
// A handler is func(w http.ResponseWriter, r *Request) error:
//
//	func (s *Site) receipt(w http.ResponseWriter, r *Request) error {
//		found, err := s.Receipts.Find(r.Context(), r.Actor, r.PathValue("number"))
//		if err != nil {
//			return err // told by the one table in package problem
//		}
//		v := receiptPage{Page: r.Page("home.title"), Ticket: …}
//		return r.Show(w, v.body())
//	}
//
// What a Request offers:
//
//	r.Actor, r.P, r.ID            who asks, in which language, request id
//	r.Page(titleKey, args...)     the base of the page struct: menu, look, flash
//	r.ReadForm()                  first line of a POST handler; then r.PostForm, r.Typed(field)
//	r.Show(w, c)                  200 with a page
//	r.ShowAgain(w, c)             422 with a form to correct
//	r.Wrong(err)                  (ui.Errors, true) when err is an Invalid fault
//	r.Go(w, path)                 303 after a POST
//	r.GoSaying(w, path, "flash.saved")  the same, with a sentence on the next page
//	r.Next(w, otherwise)          where the person wanted to go before signing in
//	r.WantsJSON(), r.JSON(w, v)   for the script
//	HideAfter(w, 60, path)        a page with Shown leaves by itself without script
//	Jar, ForgetHere(w)            cookies the one safe way; sign-out
//	fault.…                       return it; do not write error pages yourself
//
// A form that comes back wrong keeps what was typed and says what to change:
//
//	if errs, wrong := r.Wrong(err); wrong {
//		v.Errors = errs // Shell shows the summary, fields take v.Errors.For(name)
//		return r.ShowAgain(w, v.body())
//	}
//
// Fault paths are the names of form fields: fault.At("learner.name", "form.required")
// marks the field named learner.name.
//
// # Components
//
// All are in package ui and take display-ready words. p is the page's printer.
//
//	Shell(Page){…}                       the document; flash and error summary included
//	Card(){…}  Notice(kind, title){…}  Tag(kind, text)  Step(p, n, of)
//	Press(Button)  Pair(yes, no Button)  Go(href, text, kind)  Link(href, text)
//	Field(p, Input)   Input.Type: Text Tel Digits Code Month Date Password NewPass Search
//	TextArea(p, Input)  File(p, Input)  Select(p, Choice)  Radios(p, Choice)
//	Checkbox(Check)  Switch(Check)  Fieldset(id, legend, hint, err){…}  Carry(Hidden...)
//	ErrorSummary(p, Errors)  SummaryList(p, []Row)  TaskList([]Task)
//	Grid(Table)  Pages(p, Pager)  Filter(p, action){…}  FilterBox(p, tableID)  Tabs(label, []Tab)
//	Fold(title){…}  Confirm(p, id, action, title, text, Button, Hidden...)
//	Timeline([]Moment)  Poll(p, url, here, text, seconds)  Copy(p, text)  Wait(p, Button, seconds)
//	Hide(p, Reveal)  Shown(p, Clear)     masked value with its button; value in clear
//	Draw(QR)  Receipt(p, Ticket)  LabelCard(p, Label)  SealBox(p, label)  Nothing(Empty){…}
//	Icon(name)
//
// Classes for layout: stack (vertical rhythm), columns (as many as fit),
// actions (a row of buttons), no-print.
//
// # What the script expects of the server
//
// Everything below is an answer to Accept: application/json, which the same
// route gives besides its page:
//
//	Poll     GET  → {"text": "…", "next": "/path", "done": true}, or 204 to stop
//	Hide     POST → {"value": "…", "mark": "who, when", "seconds": 60}
//	webauthn POST data-begin → {"publicKey": …}; POST data-finish → {"next": "/path"}
//
// # What is refused
//
// Inline script and style, requests to other sites, state changes by GET,
// personal information in addresses, and compression of pages, which would let
// an attacker guess what stands in them by length.
package web

//go:generate go tool templ generate -path .
