package db

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/wardfold/wardfold/internal/fault"
)

// pgError is a server's error without the parts that may quote a stored value
// (DETAIL names the key that collided; the message quotes malformed input).
type pgError struct{ code, message, table, constraint string }

func (e *pgError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("postgres %s %s %s %s", e.code, e.table, e.constraint, e.message))
}

// retry marks err as one that running the batch again may cure.
func retry(err error) error { return fmt.Errorf("%w: %w", errAgain, pgQuiet(err)) }

func pgQuiet(err error) error {
	var pe *pgconn.PgError
	if !errors.As(err, &pe) {
		return err
	}
	e := &pgError{code: pe.Code, table: pe.TableName, constraint: pe.ConstraintName}
	if class := pe.Code[:min(2, len(pe.Code))]; class == "42" || class >= "53" {
		e.message = pe.Message // names objects and resources, not values
	}
	return e
}

// pgFault turns an error of the server or the connection into a fault where one
// fits. Before COMMIT is sent, a lost connection has certainly changed nothing:
// the batch may run again.
func pgFault(err error) error {
	var pe *pgconn.PgError
	if !errors.As(err, &pe) {
		var local *pgconn.ConnectError
		if errors.As(err, &local) || pgconn.SafeToRetry(err) || lost(err) {
			return fault.New(fault.Unavailable, "db.down").Because(retry(err))
		}
		return err
	}
	unavailable := func(c string, err error) error { return fault.New(fault.Unavailable, c).Because(err) }
	switch class := pe.Code[:min(2, len(pe.Code))]; {
	case pe.Code == "23505":
		return fault.New(fault.Conflict, "db.duplicate").Because(pgQuiet(err))
	case pe.Code == "40001", pe.Code == "40P01", pe.Code == "40003":
		return unavailable("db.busy", retry(err))
	case pe.Code == "53100", pe.Code == "53400":
		return unavailable("db.full", pgQuiet(err))
	case pe.Code == "25006": // this server has become a standby
		return unavailable("db.down", pgQuiet(err))
	case pe.Code == "55P03", pe.Code == "57014", class == "53":
		return unavailable("db.busy", pgQuiet(err))
	case class == "08", class == "57", fatal(pe):
		return unavailable("db.down", retry(err))
	case class == "58", class == "XX":
		return unavailable("db.down", pgQuiet(err))
	}
	return pgQuiet(err)
}

func pgCommitUnknown(err error) error {
	return fault.New(fault.Unavailable, "db.commit_unknown").Because(pgQuiet(err))
}

// fatal reports that the server ended the connection with this error.
func fatal(pe *pgconn.PgError) bool {
	return pe.SeverityUnlocalized == "FATAL" || pe.SeverityUnlocalized == "PANIC"
}

// lost reports that err came from the network.
func lost(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) ||
		errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "conn closed")
}
