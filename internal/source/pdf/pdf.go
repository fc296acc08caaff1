// Package pdf reads the text of PDF files with pdfium, compiled to WebAssembly:
// hostile files meet a sandbox without file system and network, with bounded
// memory, and a deadline for each page after which its instance is killed.
package pdf

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/wardfold/wardfold/internal/source/flow"
)

// Options of a Reader.
type Options struct {
	// Cache is a folder that only this user can write: the compiled sandbox is
	// kept there. "" compiles anew for each Reader, which takes seconds.
	Cache string
	// Readers is how many files are read at the same time.
	Readers int
	// Page is the deadline for opening a file and for each of its pages.
	Page time.Duration
}

// memoryPages bounds one instance to 512 MiB; a page of memory is 64 KiB.
const memoryPages = 8192

// Reader reads PDF files; it is safe for concurrent use. The sandbox is made when
// the first file comes.
type Reader struct {
	opt   Options
	once  sync.Once
	pool  pdfium.Pool
	cache wazero.CompilationCache
	err   error
}

// New makes a reader.
func New(opt Options) *Reader {
	if opt.Page <= 0 {
		opt.Page = 20 * time.Second
	}
	if opt.Readers <= 0 {
		opt.Readers = runtime.GOMAXPROCS(0)
	}
	return &Reader{opt: opt}
}

func (r *Reader) start() {
	config := wazero.NewRuntimeConfig().WithMemoryLimitPages(memoryPages).WithCloseOnContextDone(true).
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling)
	if r.opt.Cache != "" {
		if cache, err := wazero.NewCompilationCacheWithDir(r.opt.Cache); err == nil { // else it is compiled each time
			r.cache, config = cache, config.WithCompilationCache(cache)
		}
	}
	r.pool, r.err = webassembly.Init(webassembly.Config{MaxTotal: r.opt.Readers, MaxIdle: r.opt.Readers,
		RuntimeConfig: config, FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard})
}

// Close frees the sandbox.
func (r *Reader) Close() error {
	if r.pool == nil {
		return nil
	}
	err := r.pool.Close()
	if r.cache != nil {
		err = errors.Join(err, r.cache.Close(context.Background()))
	}
	return err
}

// Read writes the text of every page; pages are units. Errors: Problems, among
// them source.encrypted, and source.page for pages that took too long.
func (r *Reader) Read(ctx context.Context, at io.ReaderAt, size int64, name string, w *flow.Writer) error {
	r.once.Do(r.start)
	if r.err != nil {
		return &flow.Problem{Name: name, Code: "source.closed", Err: r.err}
	}
	if err := w.Part(flow.Part{Name: name}); err != nil {
		return err
	}
	f := &file{r: r, ctx: ctx, at: at, size: size, name: name, w: w}
	defer f.close()
	pages, err := f.open()
	if err != nil {
		return err
	}
	empty := 0
	for i := range pages {
		text, err := f.page(i)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			if err := f.lost(i, err); err != nil {
				return err
			}
			continue
		case strings.TrimSpace(text) == "":
			empty++
		}
		if err := w.Unit("page" + strconv.Itoa(i+1)); err != nil {
			return err
		}
		if err := w.WriteString(strings.ReplaceAll(text, "\r\n", "\n") + "\n"); err != nil {
			return err
		}
	}
	if empty > 0 {
		return w.Problem(&flow.Problem{Name: name, Code: "source.pictures", Skipped: true, Args: []any{empty, pages}})
	}
	return nil
}

// file is one document in one instance of the sandbox.
type file struct {
	r    *Reader
	ctx  context.Context
	at   io.ReaderAt
	size int64
	name string
	w    *flow.Writer
	inst pdfium.Pdfium
	doc  references.FPDF_DOCUMENT
}

var errSlow = errors.New("took too long")

// within runs fn with the deadline; an instance that misses it is killed.
func (f *file) within(fn func() error) error {
	done := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- errors.New("reader failed")
			}
		}()
		done <- fn()
	}()
	timer := time.NewTimer(f.r.opt.Page)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-f.ctx.Done():
		f.kill(done)
		return f.ctx.Err()
	case <-timer.C:
		f.kill(done)
		return errSlow
	}
}

// kill ends the instance and waits until it has let go of the file.
func (f *file) kill(done <-chan error) {
	_ = f.inst.Kill() // there is no other way to end it
	f.inst = nil
	<-done
}

func (f *file) close() {
	if f.inst != nil {
		_ = f.inst.Close() // nothing of it is needed any more
	}
}

// open opens the document and counts its pages.
func (f *file) open() (pages int, err error) {
	if f.inst, err = f.r.pool.GetInstanceWithContext(f.ctx); err != nil {
		return 0, err
	}
	inst := f.inst
	err = f.within(func() error {
		d, err := inst.OpenDocument(&requests.OpenDocument{FileReader: io.NewSectionReader(f.at, 0, f.size), FileReaderSize: f.size})
		if err != nil {
			return err
		}
		n, err := inst.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: d.Document})
		if err != nil {
			return err
		}
		f.doc, pages = d.Document, n.PageCount
		return nil
	})
	switch {
	case errors.Is(err, pdferrors.ErrPassword) || errors.Is(err, pdferrors.ErrSecurity):
		return 0, &flow.Problem{Name: f.name, Code: "source.encrypted", Err: err}
	case err == errSlow:
		return 0, &flow.Problem{Name: f.name, Code: "source.slow", Args: []any{int(f.r.opt.Page.Seconds())}, Err: err}
	}
	return pages, err
}

func (f *file) page(i int) (text string, err error) {
	if f.inst == nil {
		if _, err := f.open(); err != nil {
			return "", err
		}
	}
	inst, doc := f.inst, f.doc
	err = f.within(func() error {
		t, err := inst.GetPageText(&requests.GetPageText{Page: requests.Page{ByIndex: &requests.PageByIndex{Document: doc, Index: i}}})
		if err == nil {
			text = t.Text
		}
		return err
	})
	if err != nil {
		return "", err
	}
	return text, nil
}

// lost reports a page that could not be read; the others are. An instance that
// failed is not used again.
func (f *file) lost(i int, err error) error {
	f.close()
	f.inst = nil
	return f.w.Problem(&flow.Problem{Name: f.name + "#page" + strconv.Itoa(i+1), Code: "source.page", Err: err})
}
