package main

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wardfold/wardfold/internal/notify"
)

// drain is how long requests in flight may take after the order to stop.
const drain = 20 * time.Second

// serveVerb answers people until it is told to stop.
type serveVerb struct {
	Listen       string `placeholder:"ADDRESS"`
	ConfirmClock bool
}

// Run opens the installation and serves it.
func (v *serveVerb) Run(ctx context.Context, t *console, c *command) error {
	cfg, err := loadConfig(folder(c.Data))
	if err != nil {
		return err
	}
	if v.Listen == "" {
		v.Listen = cfg.Listen
	}
	l, err := listen(v.Listen)
	if err != nil {
		return err
	}
	defer l.Close() // a second close is no news
	in, err := t.open(ctx, c, how{alone: true, changes: true, serves: true})
	if err != nil {
		return err
	}
	defer in.Close()
	if err := in.fitToServe(ctx, v.ConfirmClock); err != nil {
		return err
	}
	if in.config.Gateway == nil {
		t.note("cli.serve.no_gateway")
	}
	if err := in.resumeScans(ctx); err != nil {
		return err
	}
	return t.serve(ctx, in, l, nil)
}

// serve answers on l and does the work in the background until ctx ends.
func (t *console) serve(ctx context.Context, in *installation, l net.Listener, phone *notify.Phone) error {
	tuneMemory()
	faces, err := in.faces(phone)
	if err != nil {
		return err
	}
	ids, err := in.Institutions(ctx)
	if err != nil {
		return err
	}
	for _, inst := range ids {
		if err := in.Log.Recall(ctx, inst); err != nil {
			return err
		}
	}
	ready := &readiness{in: in}
	main := faces.pages.Listener(l.Addr().String())
	main.Handler = ready.around(faces)
	group, inner := errgroup.WithContext(ctx)
	if in.config.TLS != nil {
		pair, err := in.config.TLS.load(in.folder)
		if err != nil {
			return err
		}
		l = tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair},
			NextProtos: []string{"h2", "http/1.1"}})
	}
	if in.config.Metrics != "" {
		m, err := listen(in.config.Metrics)
		if err != nil {
			return err
		}
		group.Go(func() error { return until(inner, metricsServer(in), m) })
	}
	group.Go(func() error { return until(inner, main, l) })
	in.background(inner, group, faces)
	in.log.Info("serving", "address", l.Addr().String(), "origin", in.config.Origin)
	t.note("cli.serve.ready", in.config.Origin)
	err = group.Wait()
	in.log.Info("stopped")
	return err
}

// background is the work beside answering: signing the log, delivering messages,
// sweeping.
func (in *installation) background(ctx context.Context, group *errgroup.Group, f faces) {
	group.Go(func() error { return in.Log.Run(ctx) })
	group.Go(func() error {
		in.Outbox.Run(ctx, in.Institutions, func(err error) { in.log.Error("deliver messages", "error", err) })
		return nil
	})
	group.Go(func() error {
		(&sweeper{in: in, faces: f, clock: newClock()}).run(ctx)
		return nil
	})
}

// listen takes the port, and says in words when somebody else has it.
func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, refuse(exitOutside, "cli.serve.port_taken", address).because(err)
	case errors.Is(err, os.ErrPermission):
		return nil, refuse(exitOutside, "cli.serve.port_denied", address).because(err)
	case err != nil:
		return nil, refuse(exitUsage, "cli.serve.address", address).because(err)
	}
	return l, nil
}

// until serves until ctx ends and then lets requests in flight finish.
func until(ctx context.Context, s *http.Server, l net.Listener) error {
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer cancel()
		stopped <- s.Shutdown(late)
	}()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
