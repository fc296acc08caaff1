package db

import (
	"context"
	"errors"
)

func openPostgres(context.Context, string) (engine, error) {
	return nil, errors.New("db: PostgreSQL is being built")
}
