package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/durable"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/ledger"
)

// backupVerb writes one encrypted file with everything but the key ring, while
// the server goes on. It needs no passphrase of the ring.
type backupVerb struct {
	File                 string   `arg:""`
	Recipient            []string `short:"r" placeholder:"AGE-KEY"`
	RecipientsFile       string   `placeholder:"FILE"`
	BackupPassphraseFile string   `placeholder:"FILE"`
}

// lastBackup is what doctor reads.
type lastBackup struct {
	Made time.Time `json:"made"`
	File string    `json:"file"`
	Size int64     `json:"size"`
}

// Run makes the backup.
func (v *backupVerb) Run(ctx context.Context, t *console, c *command) error {
	d := folder(c.Data)
	cfg, err := loadConfig(d)
	if err != nil {
		return err
	}
	if exists(v.File) {
		return refuse(exitUsage, "cli.backup.exists", v.File)
	}
	to, err := v.recipients(t)
	if err != nil {
		return err
	}
	dsn, err := cfg.dsn(d)
	if err != nil {
		return err
	}
	if path, lite := strings.CutPrefix(dsn, "sqlite:"); lite && !exists(path) {
		return refuse(exitData, "cli.no_database", path)
	}
	base, err := db.Open(ctx, db.Config{DSN: dsn, Flush: ledger.Flush})
	if err != nil {
		return err
	}
	defer base.Close() // what was written is durable by then
	m, err := v.copy(ctx, d, cfg, base, to)
	if err != nil {
		return err
	}
	done := lastBackup{Made: m.Made, File: v.File}
	if s, err := os.Stat(v.File); err == nil {
		done.Size = s.Size()
	}
	if data, err := json.Marshal(done); err == nil {
		if err := durable.Write(d.in(backupMark), data); err != nil {
			return err
		}
	}
	return t.answer(m, func() {
		var entries int64
		for _, l := range m.Logs {
			entries += l.Entries
		}
		t.say("cli.backup.done", v.File, done.Size, entries)
		t.say("cli.backup.ring")
	})
}

// recipients says who can open the backup: age keys, or a passphrase of its own.
func (v *backupVerb) recipients(t *console) ([]age.Recipient, error) {
	text := strings.Join(v.Recipient, "\n")
	if v.RecipientsFile != "" {
		data, err := os.ReadFile(v.RecipientsFile)
		if err != nil {
			return nil, err
		}
		text += "\n" + string(data)
	}
	if strings.TrimSpace(text) != "" {
		to, err := age.ParseRecipients(strings.NewReader(text))
		if err != nil {
			return nil, refuse(exitUsage, "cli.backup.recipient").because(err)
		}
		return to, nil
	}
	if v.BackupPassphraseFile == "" && t.tty == nil {
		return nil, refuse(exitUsage, "cli.backup.to_whom")
	}
	pass, err := t.newPassphrase(v.BackupPassphraseFile)
	if err != nil {
		return nil, err
	}
	to, err := age.NewScryptRecipient(reveal(pass))
	return []age.Recipient{to}, err
}

// copy takes a consistent copy of the database and packs it with what belongs to
// it.
func (v *backupVerb) copy(ctx context.Context, d folder, cfg config, base *db.DB, to []age.Recipient) (m manifest, err error) {
	m = manifest{Format: archiveFormat, Made: time.Now().UTC(), Build: thisBuild(), Database: base.Kind()}
	if err := announce(ctx, base); err != nil {
		return m, err
	}
	room, err := os.MkdirTemp(filepath.Dir(v.File), ".wardfold-backup-")
	if err != nil {
		return m, err
	}
	defer os.RemoveAll(room) // a copy in clear tar form, sealed fields and all
	name := databaseName
	if base.Kind() == "postgres" {
		name = dumpName
	}
	paths := map[string]string{name: filepath.Join(room, name), configName: d.in(configName), logKeyName: d.in(logKeyName)}
	// The tombstones are read before the database is copied: one that is missing
	// here is of somebody who is still, or again, in the copy, and it stands in
	// the file beside the guard.
	if stones := filepath.Join(d.in(cfg.Guard), tombstoneName); exists(stones) {
		paths[tombstoneName] = filepath.Join(room, tombstoneName)
		if err := copyWhole(stones, paths[tombstoneName]); err != nil {
			return m, err
		}
	}
	if m.Logs, err = heads(ctx, base); err != nil {
		return m, err
	}
	if err := base.Backup(ctx, paths[name]); err != nil {
		return m, err
	}
	for _, x := range archiveNames {
		if path, there := paths[x]; there {
			if err := m.add(x, path); err != nil {
				return m, err
			}
		}
	}
	return m, pack(v.File, to, m, paths)
}

func copyWhole(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return durable.Write(to, data)
}

// announce writes into every log that a backup is being made: whoever has the file
// and the ring has the data.
func announce(ctx context.Context, base *db.DB) error {
	ids, err := institutions(ctx, base)
	if err != nil {
		return err
	}
	for _, inst := range ids {
		if err := record(ctx, base, inst, ledger.Event{Type: ledger.BackupMade}); err != nil {
			return err
		}
	}
	return nil
}

func institutions(ctx context.Context, base *db.DB) (ids []id.Institution, err error) {
	err = base.View(ctx, id.Institution{}, func(tx *db.Tx) error {
		ids = nil
		all, err := institution.All(tx)
		for _, i := range all {
			ids = append(ids, i.ID)
		}
		return err
	})
	return ids, err
}

// heads reads how far each log goes.
func heads(ctx context.Context, base *db.DB) (list []logHead, err error) {
	ids, err := institutions(ctx, base)
	if err != nil {
		return nil, err
	}
	for _, inst := range ids {
		h := logHead{Institution: inst.String()}
		err := base.View(ctx, inst, func(tx *db.Tx) error {
			page, err := ledger.List(tx, ledger.Filter{Limit: 1})
			if err != nil {
				return err
			}
			if len(page.Entries) > 0 {
				h.Entries = page.Entries[0].Index + 1
			}
			signed, _, err := ledger.Head(tx)
			if fault.CodeOf(err) == "ledger.unsigned" {
				return nil
			}
			h.Head = string(signed)
			return err
		})
		if err != nil {
			return nil, err
		}
		list = append(list, h)
	}
	return list, nil
}
