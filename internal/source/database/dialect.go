package database

import (
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"
)

// connectTime bounds the making of a connection.
const connectTime = 10 * time.Second

func double(q string) func(string) string {
	return func(s string) string { return q + strings.ReplaceAll(s, q, q+q) + q }
}

var lite = dialect{
	driver: "sqlite",
	dsn:    liteDSN,
	tables: `SELECT '', name, -1 FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
		AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name`,
	columns: `SELECT name FROM pragma_table_info($2) WHERE $1 = ''`,
	// Every table has a rowid, unless it says that it has none; then the
	// statement that uses it fails, and the sample comes from the start.
	key:   `SELECT 'rowid' FROM sqlite_schema WHERE $1 = '' AND name = $2 AND sql NOT LIKE '%WITHOUT ROWID%'`,
	quote: double(`"`),
}

var postgres = dialect{
	driver: "pgx",
	dsn:    postgresDSN,
	tables: `SELECT n.nspname, c.relname, c.reltuples::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_toast%'
		ORDER BY 1, 2`,
	columns: `SELECT column_name::text FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2
		AND data_type <> 'bytea' ORDER BY ordinal_position`,
	key: `SELECT a.attname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
		WHERE i.indisprimary AND i.indnatts = 1 AND n.nspname = $1 AND c.relname = $2 AND a.atttypid IN (20, 21, 23)`,
	quote: double(`"`),
}

var maria = dialect{
	driver: "mysql",
	dsn:    mysqlDSN,
	tables: `SELECT table_schema, table_name, COALESCE(table_rows, -1) FROM information_schema.tables
		WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
		AND (DATABASE() IS NULL OR table_schema = DATABASE()) ORDER BY 1, 2`,
	columns: `SELECT column_name FROM information_schema.columns WHERE table_schema = ? AND table_name = ?
		AND data_type NOT IN ('blob', 'tinyblob', 'mediumblob', 'longblob', 'binary', 'varbinary', 'geometry') ORDER BY ordinal_position`,
	key: `SELECT max(column_name) FROM information_schema.columns WHERE table_schema = ? AND table_name = ? AND column_key = 'PRI'
		AND data_type IN ('int', 'bigint', 'mediumint', 'smallint') HAVING count(*) = 1`,
	quote: double("`"),
}

var dialects = map[string]dialect{
	"sqlite": lite, "postgres": postgres, "postgresql": postgres, "mysql": maria, "mariadb": maria,
}

// liteDSN opens a file for reading only; its write-ahead log is read, too.
func liteDSN(target string) (string, error) {
	path := strings.TrimPrefix(target, "sqlite:")
	path, _, _ = strings.Cut(strings.TrimPrefix(path, "//"), "?")
	if path == "" {
		return "", errors.New("no file")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(5000)", nil
}

// postgresDSN makes every transaction of the session read-only.
func postgresDSN(target string) (string, error) {
	c, err := pgx.ParseConfig(target)
	if err != nil {
		return "", errors.New("address") // pgx would repeat the password
	}
	u, err := url.Parse(target)
	if err != nil {
		return "", errors.New("address")
	}
	q := u.Query()
	q.Set("default_transaction_read_only", "on")
	if c.ConnectTimeout == 0 {
		q.Set("connect_timeout", "10")
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// mysqlDSN turns mysql://user:password@host:3306/name into what the driver takes.
// "?socket=/run/mysqld/mysqld.sock" connects over a socket.
func mysqlDSN(target string) (string, error) {
	u, err := url.Parse(target)
	if err != nil {
		return "", errors.New("address") // the error of url repeats it
	}
	c := mysql.NewConfig()
	c.User = u.User.Username()
	c.Passwd, _ = u.User.Password()
	c.DBName = strings.TrimPrefix(u.Path, "/")
	c.Net, c.Addr = "tcp", u.Host
	if u.Port() == "" {
		c.Addr = net.JoinHostPort(u.Hostname(), "3306")
	}
	if s := u.Query().Get("socket"); s != "" {
		c.Net, c.Addr = "unix", s
	}
	if u.Query().Get("tls") != "" {
		c.TLSConfig = u.Query().Get("tls")
	}
	c.Timeout, c.Logger = connectTime, &mysql.NopLogger{}
	c.AllowCleartextPasswords, c.InterpolateParams = false, true
	return c.FormatDSN(), nil
}
