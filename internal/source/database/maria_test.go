package database_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql"
)

var errNoMaria = errors.New("no mariadbd (Debian package mariadb-server)")

type server struct {
	dir string
	cmd *exec.Cmd
}

// shared is the one server of this process; TestMain ends it.
var shared struct {
	once sync.Once
	s    *server
	err  error
}

// maria returns the path of the socket of a private MariaDB server. Without the
// binary the test is skipped, loudly; with CI=true it fails.
func maria(t testing.TB) string {
	t.Helper()
	shared.once.Do(func() { shared.s, shared.err = startMaria() })
	if errors.Is(shared.err, errNoMaria) && os.Getenv("CI") != "true" {
		t.Skip("NOT TESTED ON MARIADB: ", shared.err)
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return filepath.Join(shared.s.dir, "s")
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.s != nil {
		_ = shared.s.cmd.Process.Kill()
		_ = shared.s.cmd.Wait()
		_ = os.RemoveAll(shared.s.dir)
	}
	os.Exit(code)
}

func startMaria() (*server, error) {
	bin, err := exec.LookPath("mariadbd")
	if err != nil {
		if bin = "/usr/sbin/mariadbd"; !exists(bin) {
			return nil, errNoMaria
		}
	}
	dir, err := os.MkdirTemp("", "wardfold-maria-")
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	common := []string{"--no-defaults", "--datadir=" + data}
	if os.Geteuid() == 0 {
		common = append(common, "--user=root")
	}
	install := exec.Command("mariadb-install-db", append(common, "--auth-root-authentication-method=normal", "--skip-test-db")...)
	if out, err := install.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("install: %w: %s", err, out)
	}
	s := &server{dir: dir, cmd: exec.Command(bin, append(common, "--socket="+filepath.Join(dir, "s"), "--skip-networking",
		"--innodb-buffer-pool-size=16M", "--innodb-flush-log-at-trx-commit=0", "--pid-file="+filepath.Join(dir, "pid"))...)}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for range 200 {
		if db, err := sql.Open("mysql", "root@unix("+filepath.Join(dir, "s")+")/"); err == nil {
			err = db.Ping()
			_ = db.Close()
			if err == nil {
				return s, nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return s, errors.New("MariaDB does not answer")
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
