package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/subject"
)

const (
	headAge    = time.Minute      // how old an entry without a head may be
	witnessLag = 15 * time.Minute // R6
)

func checkRing(_ context.Context, p *patient) finding {
	if !p.known() {
		return skipped()
	}
	var err error
	if p.ring, err = p.t.openRing(p.folder, p.c, p.config.Keys); err != nil {
		return failed(err)
	}
	return ok(p.ring.current.ID(), len(p.ring.former))
}

func checkDatabase(ctx context.Context, p *patient) finding {
	if p.ring == nil {
		return skipped()
	}
	in, err := p.t.open(ctx, p.c, how{ring: p.ring})
	if err != nil {
		return failed(err)
	}
	p.in = in
	return ok(in.DB.Kind())
}

func checkPages(ctx context.Context, p *patient) finding {
	if p.in == nil || !p.deep {
		return skipped()
	}
	return wrongIf(p.in.DB.Check(ctx))
}

// each asks a question of every institution and stops at the first answer that is
// not good.
func (p *patient) each(ctx context.Context, ask func(id.Institution) finding) finding {
	if p.in == nil {
		return skipped()
	}
	ids, err := p.in.Institutions(ctx)
	if err != nil {
		return failed(err)
	}
	worst := ok()
	for _, inst := range ids {
		if f := ask(inst); f.State == bad || f.State == warn && worst.State == good {
			worst = f
		}
	}
	return worst
}

func checkKeys(ctx context.Context, p *patient) finding {
	return p.each(ctx, func(inst id.Institution) finding { return wrongIf(p.in.Vault.Load(ctx, p.in.DB, inst)) })
}

func checkClock(ctx context.Context, p *patient) finding {
	return p.each(ctx, func(inst id.Institution) finding {
		l, err := p.in.lostEntries(ctx, inst)
		if err != nil {
			return failed(err)
		}
		if l.newest.Sub(p.now) > jump {
			return wrong("back", l.newest)
		}
		return ok()
	})
}

// checkLog verifies what no head covers yet, or everything if asked for more.
func checkLog(ctx context.Context, p *patient) finding {
	return p.each(ctx, func(inst id.Institution) finding {
		if p.deep {
			r, err := p.in.Log.VerifyAll(ctx, inst, nil)
			if err != nil {
				return failed(err)
			}
			if !r.OK {
				return wrong("broken", inst.String(), r.Code)
			}
			return ok()
		}
		l, err := p.in.lostEntries(ctx, inst)
		if err != nil {
			return failed(err)
		}
		if l.count() > 0 {
			return failed(refuse(exitData, "cli.behind", inst.String(), l.from, l.to-1, l.count()))
		}
		return ok()
	})
}

// checkHeads: the newest entry must be under a head soon after it was made, and
// the guard must remember that head.
func checkHeads(ctx context.Context, p *patient) finding {
	return p.each(ctx, func(inst id.Institution) finding {
		l, err := p.in.lostEntries(ctx, inst)
		if err != nil {
			return failed(err)
		}
		switch {
		case l.from > 0 && l.head.Size == 0:
			return warned("no_guard", inst.String())
		case l.head.Size < l.from && p.now.Sub(l.newest) > headAge && p.in.folder.running():
			return wrong("late", inst.String(), l.from-l.head.Size)
		}
		return ok()
	})
}

// checkTombstones: nobody whose erasure was written down may be alive in the base
// (I10).
func checkTombstones(ctx context.Context, p *patient) finding {
	if p.in == nil {
		return skipped()
	}
	list, _, err := readTombstones(p.folder.in(p.config.Guard) + "/" + tombstoneName)
	if err != nil {
		return failed(err)
	}
	alive := 0
	for _, s := range list {
		err := p.in.DB.View(ctx, s.inst, func(tx *db.Tx) error {
			row, err := subject.LoadOwn(tx, s.inst, s.subject)
			if err == nil && row.State != subject.Erased {
				alive++
			}
			if fault.KindOf(err) == fault.NotFound {
				return nil
			}
			return err
		})
		if err != nil {
			return failed(err)
		}
	}
	if alive > 0 {
		return wrong("alive", alive)
	}
	return ok(len(list))
}

// checkPeople: with fewer than two people nothing can be approved (I8).
func checkPeople(ctx context.Context, p *patient) finding {
	return p.each(ctx, func(inst id.Institution) finding {
		list, err := p.in.Accounts.StaffOf(ctx, inst, id.Store{}, false)
		if err != nil {
			return failed(err)
		}
		active := 0
		for _, s := range list {
			if s.State == account.Active {
				active++
			}
		}
		if active < 2 {
			return warned("few", inst.String(), active)
		}
		return ok()
	})
}

func checkNotices(ctx context.Context, p *patient) finding {
	return p.each(ctx, func(inst id.Institution) finding {
		err := p.in.DB.View(ctx, inst, func(tx *db.Tx) error {
			_, err := p.in.Catalogue.CurrentNotice(tx, inst, catalogue.EnrolmentNotice)
			return err
		})
		if fault.KindOf(err) == fault.NotFound {
			return warned("none", inst.String())
		}
		return wrongIf(err)
	})
}

func checkGateway(_ context.Context, p *patient) finding {
	switch {
	case !p.known():
		return skipped()
	case p.config.Gateway == nil:
		return warned("none")
	case p.in == nil:
		return skipped()
	}
	return wrongIf(p.in.reach(new(house.Config)))
}

func checkLetters(ctx context.Context, p *patient) finding {
	return p.each(ctx, func(inst id.Institution) finding {
		dead, err := p.in.Outbox.Letters(ctx, inst, "dead", 100)
		if err != nil {
			return failed(err)
		}
		if len(dead) > 0 {
			return warned("dead", inst.String(), len(dead))
		}
		return ok()
	})
}

func checkWitnesses(ctx context.Context, p *patient) finding {
	switch {
	case !p.known():
		return skipped()
	case len(p.config.Witnesses) == 0:
		return warned("none")
	}
	return p.each(ctx, func(inst id.Institution) finding {
		unseen, err := p.in.unseen(ctx, inst)
		switch {
		case err != nil:
			return failed(err)
		case unseen > ledger.WitnessHalt:
			return wrong("halted", inst.String(), p.t.p.Duration(unseen))
		case unseen > ledger.WitnessLate:
			return warned("late", inst.String(), p.t.p.Duration(unseen))
		}
		return ok()
	})
}

func checkBackup(_ context.Context, p *patient) finding {
	if !p.known() {
		return skipped()
	}
	data, err := os.ReadFile(p.folder.in(backupMark))
	if err != nil {
		return warned("none")
	}
	var last lastBackup
	if err := json.Unmarshal(data, &last); err != nil {
		return warned("none")
	}
	if age := p.now.Sub(last.Made); age > backupAge {
		return warned("old", p.t.p.Duration(age))
	}
	return ok(last.Made)
}

// checkServer asks a running server how it is.
func checkServer(ctx context.Context, p *patient) finding {
	if !p.known() || !p.folder.running() || p.config.TLS != nil {
		return skipped()
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.config.Listen+"/readyz", nil)
	if err != nil {
		return failed(err)
	}
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		return wrong("silent", p.config.Listen)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		var v struct{ Reasons []string }
		_ = json.NewDecoder(r.Body).Decode(&v) // without reasons the status says enough
		return wrong("unready", r.StatusCode, len(v.Reasons))
	}
	return ok(p.config.Listen)
}
