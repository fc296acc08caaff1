package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/durable"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/subject"
)

// restoreVerb brings a backup back into an empty folder. Whoever was erased since
// the backup is erased again before anything is served (I10), and entries that
// were signed but are not in the backup are counted by number: only with
// --accept-loss does the log go on, under a new name, and says so.
type restoreVerb struct {
	File                 string `arg:"" optional:""`
	Identity             string `short:"i" placeholder:"FILE"`
	BackupPassphraseFile string `placeholder:"FILE"`
	DSN                  string `name:"dsn" placeholder:"DSN"`
	DSNFile              string `name:"dsn-file" placeholder:"FILE"`
	Mirror               string `placeholder:"DIR|URL"`
	AcceptLoss           bool
}

// outcome is what a restore did.
type outcome struct {
	From     *time.Time `json:"backup_made,omitempty"`
	Replayed int        `json:"erased_again"`
	Returned []returned `json:"returned"` // entries that came back from the mirror
	Lost     []lostLine `json:"lost"`
	Epoch    int        `json:"epoch"`
}

type lostLine struct {
	Institution string `json:"institution"`
	From        int64  `json:"from"`
	To          int64  `json:"to"`
	Count       int64  `json:"count"`
}

// Run restores the file, or, without one, goes on where a restore was broken off,
// or accepts the loss of an installation that was restored before.
func (v *restoreVerb) Run(ctx context.Context, t *console, c *command) error {
	var out outcome
	if v.File != "" {
		m, err := v.unpack(ctx, t, folder(c.Data))
		if err != nil {
			return err
		}
		out.From = &m.Made
	} else if !v.AcceptLoss && !exists(folder(c.Data).in(restoreMark)) {
		return refuse(exitUsage, "cli.usage.missing", "FILE")
	}
	cfg, err := loadConfig(folder(c.Data))
	if err != nil {
		return err
	}
	if err := v.knowsErased(folder(c.Data), cfg); err != nil {
		return err
	}
	in, err := t.open(ctx, c, how{alone: true, changes: true})
	if err != nil {
		return err
	}
	defer in.Close()
	if err := in.DB.Check(ctx); err != nil {
		return err
	}
	if out.Replayed, err = in.replay(ctx); err != nil {
		return err
	}
	if out.Lost, err = in.losses(ctx); err != nil {
		return err
	}
	if out.Returned, err = in.returnEntries(ctx, v.Mirror, out.Lost); err != nil {
		return err
	}
	if len(out.Returned) > 0 {
		if out.Lost, err = in.losses(ctx); err != nil {
			return err
		}
	}
	if len(out.Lost) > 0 && v.AcceptLoss {
		if err := in.declare(ctx, out.Lost); err != nil {
			return err
		}
	}
	out.Epoch = in.key.Epoch
	if err := in.finish(ctx, out, v); err != nil {
		return err
	}
	if err := os.Remove(in.folder.in(restoreMark)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return v.report(t, c, out)
}

// unpack puts the files of the backup into the folder.
func (v *restoreVerb) unpack(ctx context.Context, t *console, d folder) (manifest, error) {
	if !exists(v.File) {
		return manifest{}, refuse(exitUsage, "cli.no_file", v.File)
	}
	if err := d.empty(ringName, guardName, "passphrase", lockName); err != nil {
		return manifest{}, err
	}
	keys, err := v.identities(t)
	if err != nil {
		return manifest{}, err
	}
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return manifest{}, err
	}
	room, err := os.MkdirTemp(string(d), ".restore-")
	if err != nil {
		return manifest{}, err
	}
	defer os.RemoveAll(room) // what is needed was moved out of it
	m, err := unpack(v.File, room, keys)
	if err != nil {
		return m, err
	}
	data, err := os.ReadFile(filepath.Join(room, configName))
	if err != nil {
		return m, err
	}
	cfg, err := parseConfig(data)
	if err != nil {
		return m, err
	}
	if f := cfg.Keys.file(d); cfg.Keys.Source == "file" && !exists(f.Path) {
		return m, refuse(exitKeys, "cli.restore.no_ring", f.Path)
	}
	if m.Database == "postgres" {
		dsn, err := v.target()
		if err != nil {
			return m, err
		}
		if err := loadDump(ctx, dsn, filepath.Join(room, dumpName)); err != nil {
			return m, err
		}
		if cfg.DSN, cfg.DSNFile = v.DSN, ""; v.DSNFile != "" {
			if cfg.DSNFile, err = filepath.Abs(v.DSNFile); err != nil {
				return m, err
			}
		}
	} else {
		cfg.DSN, cfg.DSNFile = "", ""
		if err := os.Rename(filepath.Join(room, databaseName), d.in(databaseName)); err != nil {
			return m, err
		}
	}
	if err := mergeTombstones(filepath.Join(room, tombstoneName), d.in(cfg.Guard), v.AcceptLoss); err != nil {
		return m, err
	}
	if err := os.Rename(filepath.Join(room, logKeyName), d.in(logKeyName)); err != nil {
		return m, err
	}
	if err := durable.Write(d.in(restoreMark), nil); err != nil {
		return m, err
	}
	return m, cfg.save(d) // last: with it the folder is an installation
}

// target is the empty database that a backup of PostgreSQL is restored into.
func (v *restoreVerb) target() (string, error) {
	if v.DSNFile != "" {
		return readLine(v.DSNFile)
	}
	if v.DSN == "" {
		return "", refuse(exitUsage, "cli.usage.missing", "--dsn-file")
	}
	return v.DSN, nil
}

func (v *restoreVerb) identities(t *console) ([]age.Identity, error) {
	if v.Identity != "" {
		f, err := os.Open(v.Identity)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		list, err := age.ParseIdentities(f)
		if err != nil {
			return nil, refuse(exitUsage, "cli.restore.identity", v.Identity).because(err)
		}
		return list, nil
	}
	pass, err := t.fromFileOr(v.BackupPassphraseFile, "cli.ask.backup_passphrase")
	if err != nil {
		return nil, err
	}
	one, err := age.NewScryptIdentity(reveal(pass))
	return []age.Identity{one}, err
}

// mergeTombstones keeps the file beside the guard if it is there, for it is newer
// than the backup's copy. With neither newer nor any file nobody knows who was
// erased since, and only a person can decide to go on.
func mergeTombstones(backup, guard string, accepted bool) error {
	if exists(filepath.Join(guard, tombstoneName)) {
		return nil
	}
	if !accepted {
		return refuse(exitData, "cli.restore.no_tombstones", filepath.Join(guard, tombstoneName))
	}
	if !exists(backup) {
		return nil
	}
	if err := os.MkdirAll(guard, 0o700); err != nil {
		return err
	}
	return copyWhole(backup, filepath.Join(guard, tombstoneName))
}

// knowsErased refuses to go on where the tombstones are gone.
func (v *restoreVerb) knowsErased(d folder, cfg config) error {
	path := filepath.Join(d.in(cfg.Guard), tombstoneName)
	if !exists(path) && !v.AcceptLoss {
		return refuse(exitData, "cli.restore.no_tombstones", path)
	}
	return nil
}

// replay erases everybody again who was erased since the backup.
func (in *installation) replay(ctx context.Context) (again int, err error) {
	list, _, err := readTombstones(in.stones.path)
	if err != nil {
		return 0, err
	}
	in.Family.Tombstones = nil // these stand in the file already
	for _, s := range list {
		here := false
		err := in.DB.Update(ctx, s.inst, func(tx *db.Tx) error {
			row, err := subject.LoadOwn(tx, s.inst, s.subject)
			here = err == nil && row.State != subject.Erased
			if !here {
				return nil // it came after the backup, or is gone in it already
			}
			_, err = in.Family.EraseIn(tx, s.inst, s.subject)
			return err
		})
		if err != nil {
			return again, err
		}
		if here {
			again++
		}
	}
	in.Family.Tombstones = in.stones
	return again, in.DB.Checkpoint(ctx)
}

// losses lists the entries that were signed once and are not there.
func (in *installation) losses(ctx context.Context) ([]lostLine, error) {
	ids, err := in.Institutions(ctx)
	if err != nil {
		return nil, err
	}
	out := []lostLine{}
	for _, inst := range ids {
		l, err := in.lostEntries(ctx, inst)
		if err != nil {
			return nil, err
		}
		if l.count() > 0 {
			out = append(out, lostLine{inst.String(), l.from, l.to - 1, l.count()})
		}
	}
	return out, nil
}

// declare opens a new epoch of the logs. For each log that lost entries it leaves
// a signed declaration beside the guard that names the head which was lost, so
// that no overseer has to find out alone.
func (in *installation) declare(ctx context.Context, list []lostLine) error {
	next := *in.key
	next.Epoch++
	for _, l := range list {
		inst, err := id.Parse[id.Institution](l.Institution)
		if err != nil {
			return err
		}
		was, err := in.lostEntries(ctx, inst)
		if err != nil {
			return err
		}
		signer, err := next.signer(inst)
		if err != nil {
			return err
		}
		text := strings.Join([]string{"wardfold fork declaration/1", "from " + in.key.origin(inst), "to " + next.origin(inst),
			"lost head:", strings.TrimSuffix(was.head.String(), "\n"), "entries kept: " + itoa(was.from),
			"at " + time.Now().UTC().Format(time.RFC3339)}, "\n") + "\n"
		signed, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			return err
		}
		path := filepath.Join(in.folder.in(in.config.Guard), inst.String()+".fork-"+itoa(int64(next.Epoch)))
		if err := durable.Write(path, signed); err != nil {
			return err
		}
	}
	in.key.Epoch = next.Epoch
	return in.key.save(in.folder)
}

// finish ends every session that came back with the backup, writes down that it
// was restored, and signs.
func (in *installation) finish(ctx context.Context, out outcome, v *restoreVerb) error {
	ids, err := in.Institutions(ctx)
	if err != nil {
		return err
	}
	for _, inst := range ids {
		err := in.DB.Update(ctx, inst, func(tx *db.Tx) error {
			for _, q := range []string{`DELETE FROM session_member WHERE institution_id = $1`, `DELETE FROM session WHERE institution_id = $1`} {
				if _, err := tx.Exec(q, inst); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(out.Lost) > 0 && !v.AcceptLoss {
			continue // nothing is written into a log that may not go on
		}
		if err := record(ctx, in.DB, inst, ledger.Event{Type: ledger.Restored, Count: out.Replayed}); err != nil {
			return err
		}
	}
	if len(out.Lost) == 0 || v.AcceptLoss {
		in.Log.StepAll(ctx)
	}
	return nil
}

func (v *restoreVerb) report(t *console, c *command, out outcome) error {
	err := t.answer(out, func() {
		if out.From != nil {
			t.say("cli.restore.done", c.Data, *out.From)
		}
		t.say("cli.restore.replayed", out.Replayed)
		for _, r := range out.Returned {
			t.say("cli.restore.returned", r.Institution, r.From, r.To, r.To-r.From+1)
			for _, x := range r.kinds() {
				t.say("cli.restore.returned.kind", r.Types[x], t.p.T("ledger.type."+x))
			}
		}
		for _, l := range out.Lost {
			t.say("cli.restore.lost", l.Institution, l.From, l.To, l.Count)
		}
		if len(out.Lost) > 0 && v.AcceptLoss {
			t.say("cli.restore.epoch", out.Epoch)
		}
	})
	if err != nil || len(out.Lost) == 0 || v.AcceptLoss {
		return err
	}
	return refuse(exitData, "cli.restore.recovered")
}
