package db

import (
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/wardfold/wardfold/internal/db/row"
)

// pgCall is one run of a statement. Its answer goes to set, if there is one.
type pgCall struct {
	*pgStmt
	args []any
	set  *row.Set
}

// pipe sends what is held and then the calls as one round trip. The tag is that of
// the last.
func (c *pgConn) pipe(calls ...pgCall) (tag pgconn.CommandTag, err error) {
	c.buf.reset()
	p := c.pg.StartPipeline(background)
	for _, h := range c.held {
		p.SendQueryStatement(h.StatementDescription, nil, nil, nil)
	}
	sent := 0
	for _, x := range calls {
		values, e := c.buf.encode(x.pgStmt, x.args)
		if e != nil {
			err = e
			break
		}
		p.SendQueryStatement(x.StatementDescription, values, x.params, x.results)
		sent++
	}
	if err != nil && sent == 0 && len(c.held) == 0 {
		return tag, joinClose(err, p.Close())
	}
	if e := p.Sync(); e != nil {
		return tag, joinClose(e, p.Close())
	}
	held := len(c.held)
	c.held = c.held[:0]
	for i := range held + sent {
		var into *row.Set
		if i >= held {
			into = calls[i-held].set
		}
		t, e := c.answer(p, into)
		if e != nil {
			return tag, joinClose(e, p.Close())
		}
		tag = t
	}
	return tag, joinClose(err, p.Close())
}

// joinClose prefers the first error: the second is its echo.
func joinClose(err, closed error) error {
	if err != nil {
		return err
	}
	return closed
}

// answer reads the answer to one statement.
func (c *pgConn) answer(p *pgconn.Pipeline, set *row.Set) (pgconn.CommandTag, error) {
	res, err := p.GetResults()
	if err != nil {
		return pgconn.CommandTag{}, err
	}
	rr, ok := res.(*pgconn.ResultReader)
	if !ok {
		return pgconn.CommandTag{}, fmt.Errorf("db: unexpected %T from the server", res)
	}
	if set != nil {
		fields := rr.FieldDescriptions()
		set.Cols = len(fields)
		for rr.NextRow() {
			for i, b := range rr.Values() {
				if e := decode(set, fields[i].DataTypeOID, b); e != nil && err == nil {
					err = e
				}
			}
		}
	}
	tag, closed := rr.Close()
	return tag, joinClose(err, closed)
}
