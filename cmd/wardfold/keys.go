package main

import (
	"context"
	"os"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/seal"
)

// keysVerbs look after the root keys. The order of a change is: add a key,
// restart the server so that it knows it, rotate, wait out the backup window,
// rotate again (which destroys what has waited long enough), remove the old key.
type keysVerbs struct {
	List       keysListVerb       `cmd:""`
	Add        keysAddVerb        `cmd:""`
	Rotate     keysRotateVerb     `cmd:""`
	Remove     keysRemoveVerb     `cmd:""`
	Passphrase keysPassphraseVerb `cmd:""`
}

type keysListVerb struct{}

type keyLine struct {
	Institution string     `json:"institution"`
	Version     uint32     `json:"version"`
	Suite       string     `json:"suite"`
	KEK         string     `json:"kek"`
	State       string     `json:"state"` // current, draining, drained, destroyed
	Since       *time.Time `json:"since,omitempty"`
}

// Run lists the root keys and the versions of every institution's key.
func (keysListVerb) Run(ctx context.Context, t *console, c *command) error {
	in, err := t.open(ctx, c, how{})
	if err != nil {
		return err
	}
	defer in.Close()
	list, err := which{}.all(ctx, in)
	if err != nil {
		return err
	}
	out := struct {
		Current  string    `json:"current"`
		Former   []string  `json:"former"`
		Versions []keyLine `json:"versions"`
	}{Current: in.ring.current.ID()}
	for _, k := range in.ring.former {
		out.Former = append(out.Former, k.ID())
	}
	for _, i := range list {
		versions, err := in.Vault.Versions(ctx, in.DB, i.ID)
		if err != nil {
			return err
		}
		for _, v := range versions {
			state, since := stateOf(v)
			out.Versions = append(out.Versions, keyLine{i.Name, v.Number, v.Suite.String(), v.KEK, state, since})
		}
	}
	return t.answer(out, func() {
		t.say("cli.keys.current", out.Current)
		for _, k := range out.Former {
			t.say("cli.keys.former", k)
		}
		for _, v := range out.Versions {
			since := ""
			if v.Since != nil {
				since = t.p.Day(*v.Since)
			}
			t.say("cli.keys.version", v.Institution, int64(v.Version), v.Suite, v.KEK, t.p.T("cli.keys.state."+v.State), since)
		}
	})
}

func stateOf(v seal.Version) (string, *time.Time) {
	switch {
	case !v.Destroyed.IsZero():
		return "destroyed", &v.Destroyed
	case !v.Drained.IsZero():
		return "drained", &v.Drained
	case !v.Retired.IsZero():
		return "draining", &v.Retired
	}
	return "current", &v.Created
}

type keysAddVerb struct{}

// Run puts a new key on the ring of a file and wraps the log key under it.
func (keysAddVerb) Run(ctx context.Context, t *console, c *command) error {
	d := folder(c.Data)
	f, pass, err := t.ringFile(d, c)
	if err != nil {
		return err
	}
	before, err := f.Open(pass)
	if err != nil {
		return err
	}
	key, err := loadLogKey(ctx, d, &ring{current: before.Current(), former: before.Former()})
	if err != nil {
		return err
	}
	after, err := f.Add(pass)
	if err != nil {
		return err
	}
	if err := key.wrap(ctx, &ring{current: after.Current()}); err != nil {
		return err
	}
	if err := key.save(d); err != nil {
		return err
	}
	t.say("cli.keys.added", after.Current().ID(), f.Path)
	return nil
}

type keysRotateVerb struct{ which }

// Run makes a new version of every institution's key under the current root key,
// moves every record to it, and destroys versions that have waited long enough.
// It may be interrupted and begun again, and a server may go on meanwhile.
func (v keysRotateVerb) Run(ctx context.Context, t *console, c *command) error {
	in, err := t.open(ctx, c, how{})
	if err != nil {
		return err
	}
	defer in.Close()
	if err := in.serverKnowsRing(); err != nil {
		return err
	}
	list, err := v.all(ctx, in)
	if err != nil {
		return err
	}
	if in.key.KEK != in.ring.current.ID() {
		if err := in.key.wrap(ctx, in.ring); err != nil {
			return err
		}
		if err := in.key.save(in.folder); err != nil {
			return err
		}
	}
	for _, i := range list {
		if err := in.rotate(ctx, t, i); err != nil {
			return err
		}
		if err := in.destroyOld(ctx, t, i); err != nil {
			return err
		}
	}
	in.signed(ctx)
	return nil
}

// serverKnowsRing refuses to rotate under a key that a running server has not
// read: it could open nothing that was moved.
func (in *installation) serverKnowsRing() error {
	if in.config.Keys.Source != "file" || !in.folder.running() {
		return nil
	}
	ring, err := os.Stat(in.config.Keys.file(in.folder).Path)
	if err != nil {
		return err
	}
	server, err := os.Stat(in.folder.in(lockName))
	if err != nil {
		return err
	}
	if ring.ModTime().After(server.ModTime()) {
		return refuse(exitKeys, "cli.keys.restart")
	}
	return nil
}

func (in *installation) rotate(ctx context.Context, t *console, i institution.Institution) error {
	step, end := t.progress("cli.keys.progress")
	r, err := in.Vault.Rotate(ctx, in.DB, i.ID, func(done, total int) { step(int64(done), int64(total)) })
	end()
	if err != nil {
		return err
	}
	if err := record(ctx, in.DB, i.ID, ledger.Event{Type: ledger.KeyRotated, Count: r.Rewrapped}); err != nil {
		return err
	}
	t.say("cli.keys.rotated", i.Name, int64(r.Version), r.Rewrapped)
	if r.Damaged > 0 {
		t.note("cli.keys.damaged", i.Name, r.Damaged)
	}
	return nil
}

// destroyOld destroys the drained versions whose backups are all gone, and says
// how long the others wait.
func (in *installation) destroyOld(ctx context.Context, t *console, i institution.Institution) error {
	versions, err := in.Vault.Versions(ctx, in.DB, i.ID)
	if err != nil {
		return err
	}
	for _, v := range versions {
		if v.Drained.IsZero() || !v.Destroyed.IsZero() {
			continue
		}
		err := in.Vault.Destroy(ctx, in.DB, i.ID, v.Number)
		if fault.KindOf(err) == fault.Conflict {
			_, text := t.explain(err)
			t.say("cli.keys.waits", i.Name, int64(v.Number), text)
			continue
		}
		if err != nil {
			return err
		}
		if err := record(ctx, in.DB, i.ID, ledger.Event{Type: ledger.KeyDestroyed, Count: int(v.Number)}); err != nil {
			return err
		}
		t.say("cli.keys.destroyed", i.Name, int64(v.Number))
	}
	return nil
}

type keysRemoveVerb struct {
	Key string `arg:""`
}

// Run destroys a former root key that nothing needs any more.
func (v keysRemoveVerb) Run(ctx context.Context, t *console, c *command) error {
	key, err := id.Parse[id.Key](v.Key)
	if err != nil {
		return refuse(exitUsage, "cli.usage.value", "KEY").because(err)
	}
	in, err := t.open(ctx, c, how{})
	if err != nil {
		return err
	}
	defer in.Close()
	if in.config.Keys.Source != "file" {
		return refuse(exitUsage, "cli.keys.elsewhere", in.config.Keys.Source)
	}
	list, err := which{}.all(ctx, in)
	if err != nil {
		return err
	}
	for _, i := range list {
		used, err := in.Vault.InUse(ctx, in.DB, i.ID, v.Key)
		if err != nil {
			return err
		}
		if used {
			return refuse(exitKeys, "cli.keys.used", v.Key, i.Name)
		}
	}
	if in.key.KEK == v.Key {
		return refuse(exitKeys, "cli.keys.used", v.Key, logKeyName)
	}
	pass, err := t.passphrase(in.folder, c, in.config.Keys.PassphraseFile)
	if err != nil {
		return err
	}
	if _, err := in.config.Keys.file(in.folder).Remove(pass, key); err != nil {
		return err
	}
	t.say("cli.keys.removed", v.Key)
	return nil
}

type keysPassphraseVerb struct {
	NewPassphraseFile string `placeholder:"FILE"`
}

// Run encrypts the same ring under another passphrase.
func (v keysPassphraseVerb) Run(t *console, c *command) error {
	f, old, err := t.ringFile(folder(c.Data), c)
	if err != nil {
		return err
	}
	fresh, err := t.newPassphrase(v.NewPassphraseFile)
	if err != nil {
		return err
	}
	if err := f.ChangePassphrase(old, fresh); err != nil {
		return err
	}
	t.say("cli.keys.passphrase", f.Path)
	return nil
}
