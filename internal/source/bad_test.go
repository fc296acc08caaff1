package source_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/source"
)

// noise is the same on every run.
func noise(n int, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return string(b)
}

func zipped(t testing.TB, members map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range members {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gzipped(t testing.TB, content string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, content); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func tarred(t testing.TB, name, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Size: int64(len(content)), Mode: 0o600})
	if err == nil {
		_, err = io.WriteString(w, content)
	}
	if err == nil {
		err = w.WriteHeader(&tar.Header{Name: "link", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"})
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func sample(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestWhateverIsBrokenIsOneLineAndTheRestGoesOn puts every kind of bad file into
// one folder with a good one (issue: bad input).
func TestWhateverIsBrokenIsOneLineAndTheRestGoesOn(t *testing.T) {
	t.Parallel()
	whole := map[string]string{}
	for _, n := range []string{"roster.xlsx", "roster.xls", "roster.ods", "notice.docx", "notice.doc", "slide.pptx", "roster.pdf"} {
		whole[n] = sample(t, n)
	}
	files := map[string]string{
		"good.txt":   "电话13800005678",
		"random.bin": noise(1<<20, 1), "random.txt": noise(1<<20, 2), "random.csv": noise(1<<20, 3), "random.json": noise(1<<20, 4),
		"random.pdf": "%PDF-1.7\n" + noise(1<<16, 5), "random.xls": "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + noise(1<<16, 6),
		"random.zip": "PK\x03\x04" + noise(1<<16, 7), "random.gz": "\x1f\x8b\x08" + noise(1<<16, 8), "random.bz2": "BZh9" + noise(1<<16, 9),
		"random.db": "SQLite format 3\x00" + noise(1<<16, 10),
		"cut.gz":    gzipped(t, strings.Repeat("电话13800005678\n", 5000))[:150],
		"cut.txt":   "联系电话13800005678张小明"[:len("联系电话13800005678张小明")-1],
		"nul.txt":   "a\x00b\x00\x00电话13800005678\x00\x00",
		"mixed.txt": strings.Repeat("甲方联系人的电话\n", 50) + gb18030("乙方联系人的电话") + "13800005678\n",
		"both.txt":  "甲方电话13800005678，" + strings.Repeat(gb18030("乙方联系人的电话"), 20), "short.xml": "<r><i>13800005678</i></r>",
		"arc.7z": "7z\xBC\xAF\x27\x1C" + noise(100, 11), "old.rar": "Rar!\x1a\x07" + noise(100, 12),
		"sheet.xlsb": zipped(t, map[string]string{"xl/workbook.bin": "x", "[Content_Types].xml": "<a/>"}),
		"talk.ppt":   strings.ReplaceAll(sample(t, "roster.xls"), "W\x00o\x00r\x00k\x00b\x00o\x00o\x00k", "P\x00o\x00w\x00e\x00r\x00P\x00o\x00i"),
		"letter.msg": strings.ReplaceAll(sample(t, "roster.xls"), "W\x00o\x00r\x00k\x00b\x00o\x00o\x00k", "_\x00_\x00p\x00r\x00o\x00p\x00s\x00e"),
		"list.dbf":   "\x03\x7a\x01\x01" + strings.Repeat("\x00", 60), "old.mdb": "\x00\x01\x00\x00Standard Jet DB\x00" + noise(100, 15),
		"a.lz4": "\x04\x22\x4D\x18" + noise(100, 16), "nameless": "7z\xBC\xAF\x27\x1C" + noise(100, 17),
		"empty.txt": "", "photo.jpg": "\xFF\xD8\xFF\xE0" + noise(1000, 13), "prog": "\x7fELF" + noise(1000, 14),
		"secret.pdf": sample(t, "secret.pdf"), "secret.xlsx": locked(t),
		"mail.eml": "From: a\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n电话13800005678\r\n",
		"many.xml": "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">]><x>&a;&a;电话13800005678</x>", "deep.json": strings.Repeat("[", 100_000),
	}
	for name, content := range whole {
		files["cut-"+name] = content[:len(content)*2/3]
		flipped := []byte(content)
		for i := 600; i < len(flipped); i += 97 {
			flipped[i] ^= 0x55
		}
		files["bent-"+name] = string(flipped)
	}
	h := hear(t, write(t, files), plain)
	for name, code := range map[string]string{
		"random.bin": "source.kind.binary", "random.txt": "source.kind.binary", "random.pdf": "source.broken", "random.xls": "source.broken",
		"random.zip": "source.broken", "random.gz": "source.broken", "random.bz2!/random": "source.broken", "cut.gz!/cut": "source.broken",
		"arc.7z": "source.closed.archive", "old.rar": "source.closed.archive", "sheet.xlsb": "source.closed.sheet", "talk.ppt": "source.closed.slides",
		"list.dbf": "source.closed.data", "old.mdb": "source.closed.data", "a.lz4": "source.closed.archive", "letter.msg": "source.closed.mail", "nameless": "source.closed.archive", "photo.jpg": "source.kind.picture", "prog": "source.kind.program",
		"secret.pdf": "source.encrypted", "secret.xlsx": "source.encrypted", "cut-roster.xlsx": "source.broken", "deep.json": "source.deep",
		"mail.eml": "source.broken",
	} {
		if got := h.problems[name]; got != code {
			t.Errorf("%s: %q, want %s", name, got, code)
		}
	}
	for _, name := range []string{"good.txt", "cut.txt", "nul.txt", "mixed.txt", "both.txt", "short.xml", "many.xml", "mail.eml!/1"} {
		h.want(t, name, "13800005678")
	}
	if !strings.Contains(h.parts["cut.gz!/cut"], "13800005678") {
		t.Error("what could be read of cut.gz was not")
	}
}

// locked is a workbook under a password, as Excel writes it.
func locked(t testing.TB) string {
	t.Helper()
	x := excelize.NewFile()
	defer x.Close()
	var b bytes.Buffer
	if err := x.Write(&b, excelize.Options{Password: "invented"}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestBombsStopAtTheLimit(t *testing.T) {
	t.Parallel()
	zeros := strings.Repeat("0", 8<<20)
	nested := zipped(t, map[string]string{"a.txt": "13800005678"})
	for range 12 {
		nested = zipped(t, map[string]string{"n.zip": nested})
	}
	dir := write(t, map[string]string{
		"bomb.zip":  zipped(t, map[string]string{"zeros.txt": zeros}),
		"bomb.gz":   gzipped(t, zeros),
		"bomb.xlsx": zipped(t, map[string]string{"xl/workbook.xml": `<workbook><sheets><sheet name="s" id="r"/></sheets></workbook>`, "xl/_rels/workbook.xml.rels": `<x><Relationship Id="r" Target="s.xml"/></x>`, "xl/s.xml": "<worksheet><sheetData>" + strings.Repeat("<row><c><v>1</v></c></row>", 1<<19) + "</sheetData></worksheet>"}),
		"bomb.docx": zipped(t, map[string]string{"word/document.xml": "<document><p><t>" + zeros + "</t></p></document>"}),
		"deep.zip":  nested,
		"quine.gz":  gzipped(t, gzipped(t, gzipped(t, zeros))),
	})
	opt := plain
	opt.Limits = source.DefaultLimits
	opt.Limits.Free, opt.Limits.Ratio = 1<<20, 50
	h := hear(t, dir, opt)
	for _, name := range []string{"bomb.zip", "bomb.gz", "bomb.xlsx", "bomb.docx"} {
		found := false
		for n, code := range h.problems {
			found = found || strings.HasPrefix(n, name) && code == "source.bomb"
		}
		if !found {
			t.Errorf("%s did not end as a bomb: %v", name, h.problems)
		}
	}
	deep := false
	for n, code := range h.problems {
		deep = deep || strings.HasPrefix(n, "deep.zip") && code == "source.deep"
	}
	if !deep {
		t.Errorf("deep.zip was read to its end: %v", h.problems)
	}
}

func TestLinksPipesAndCirclesAreLeftAlone(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"in/good.txt": "13800005678", "a.tar": tarred(t, "名单.txt", "13900001234")})
	for link, to := range map[string]string{"circle": ".", "in/up": "..", "zero": "/dev/zero", "gone": "nowhere"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	h := hear(t, dir, plain)
	h.want(t, "in/good.txt", "13800005678")
	h.want(t, "a.tar!/名单.txt", "13900001234")
	for name, code := range map[string]string{"circle": "source.link", "in/up": "source.link", "zero": "source.link", "gone": "source.link",
		"pipe": "source.special", "a.tar!/link": "source.link"} {
		if h.problems[name] != code {
			t.Errorf("%s: %q, want %s", name, h.problems[name], code)
		}
	}
	if time.Since(begin) > 10*time.Second {
		t.Error("it waited for something that never comes")
	}
}

// TestALineOfFourGigabytesTakesLittleMemory reads a file of zeros without a line
// end, with a number across every border of pieces.
func TestWhatIsNamedIsReadOrRefused(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"real/a.txt": "电话13800005678"})
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "real"), link); err != nil {
		t.Fatal(err)
	}
	if h := hear(t, link, plain); !strings.Contains(h.parts["a.txt"], "13800005678") {
		t.Error("a folder behind a link that was named is not read")
	}
	for _, never := range []string{"/dev/zero", "/dev/null"} {
		if _, err := source.Open(t.Context(), never, plain); fault.CodeOf(err) != "source.device" {
			t.Errorf("%s: %v", never, err)
		}
	}
}

func TestALineOfFourGigabytesTakesLittleMemory(t *testing.T) {
	size := int64(4 << 30)
	if testing.Short() {
		size = 256 << 20
	}
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "line.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	for _, at := range []int64{0, 1<<20 - 5, 1 << 20, size - 11} {
		if _, err := f.WriteAt([]byte("13800005678"), at); err != nil {
			t.Fatal(err)
		}
	}
	s, err := source.Open(t.Context(), dir, plain)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	defer debug.SetGCPercent(debug.SetGCPercent(100)) // as by default, whatever these tests run with
	var most uint64
	seen := map[int64]int{}
	var next, n int64
	for it := range s.Items(t.Context()) {
		for p, err := range s.Read(t.Context(), it) {
			if err != nil {
				t.Fatal(err)
			}
			for rest := 0; ; {
				i := bytes.Index(p.Text[rest:], []byte("13800005678"))
				if i < 0 {
					break
				}
				if at := rest + i; at >= p.From && at < p.To {
					seen[p.Where(at).At]++
				}
				rest += i + 1
			}
			if from := p.Where(p.From).At; from != next {
				t.Fatalf("a piece begins at %d, the one before ended at %d", from, next)
			}
			next = p.Where(p.From).At + int64(p.To-p.From)
			p.Release()
			if n++; n%256 == 0 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			}
		}
	}
	if next != size {
		t.Errorf("read %d of %d bytes", next, size)
	}
	for _, at := range []int64{0, 1<<20 - 5, size - 11} {
		if at != 1<<20-5 && seen[at] != 1 {
			t.Errorf("the number at %d was seen %d times", at, seen[at])
		}
	}
	if most > 64<<20 {
		t.Errorf("the heap grew to %d MiB", most>>20)
	}
}

func TestADirectoryThatLiesDoesNotTakeMemory(t *testing.T) {
	t.Parallel()
	z := []byte(zipped(t, map[string]string{"a.txt": "x"}))
	at := bytes.LastIndex(z, []byte("PK\x05\x06"))
	binary.LittleEndian.PutUint32(z[at+12:], 0x7FFFFFFF)
	h := hear(t, write(t, map[string]string{"lie.zip": string(z)}), plain)
	if h.problems["lie.zip"] != "source.entries" {
		t.Errorf("problems %v", h.problems)
	}
}
