package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed assets
var assetFiles embed.FS

// asset is one file ready to be sent, plain and compressed.
type asset struct {
	path        string // with the hash of its content: /assets/app-1f3870be27.css
	kind        string
	plain, gzip []byte
}

// kinds is our own table, because the system's differs from host to host.
var kinds = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// assets maps plain names, and hashed paths, to files. It is filled once and
// only read afterwards.
var assets = readAssets()

func readAssets() map[string]*asset {
	all := make(map[string]*asset)
	entries, err := assetFiles.ReadDir("assets")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		data, err := assetFiles.ReadFile("assets/" + e.Name())
		if err != nil {
			panic(err)
		}
		a := newAsset(e.Name(), data)
		all[e.Name()], all[a.path] = a, a
	}
	return all
}

func newAsset(name string, data []byte) *asset {
	sum := sha256.Sum256(data)
	ext := path.Ext(name)
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err)
	}
	// Writing to memory cannot fail.
	_, _ = w.Write(data)
	_ = w.Close()
	return &asset{
		path:  "/assets/" + strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:5]) + ext,
		kind:  kinds[ext],
		plain: data,
		gzip:  b.Bytes(),
	}
}

// Asset returns the path of an asset by its plain name. The path changes with
// the content, so browsers may keep it for ever. An unknown name panics: it is
// a mistake in a template, and every template is rendered by a test.
func Asset(name string) string { return assets[name].path }

// ServeAssets answers GET /assets/….
func ServeAssets(w http.ResponseWriter, r *http.Request) {
	a, ok := assets[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := a.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the reader has gone; nothing is left to tell
	}
}
