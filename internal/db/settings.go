package db

import "context"

// durable are the settings on which the promise of durability rests, by engine.
var durable = map[string][]string{
	"sqlite":   {"journal_mode", "synchronous", "secure_delete"},
	"postgres": {"fsync", "synchronous_commit", "full_page_writes"},
}

// A settler reads one setting of its connection as the engine tells it.
type settler interface {
	setting(name string) (string, error)
}

func (c *sqliteConn) setting(name string) (string, error) { return c.pragma(name) }

func (c *pgConn) setting(name string) (string, error) {
	return c.show("current_setting('" + name + "')")
}

// Settings reads back, from the connection that writes, the settings on which
// durability rests: what the engine says, not what was asked for. Open refuses a
// database where they are unsafe.
func (d *DB) Settings(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	err := d.each(ctx, func(c conn) error {
		s, ok := c.(settler)
		if !ok {
			return nil
		}
		if p, pg := c.(*pgConn); pg {
			if err := p.ready(); err != nil {
				return err
			}
		}
		for _, name := range durable[d.Kind()] {
			got, err := s.setting(name)
			if err != nil {
				return err
			}
			out[name] = got
		}
		return nil
	})
	return out, err
}
