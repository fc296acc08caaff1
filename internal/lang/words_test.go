package lang_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/wardfold/wardfold/internal/lang"
)

var placeholders = regexp.MustCompile(`\{\d+\}`)

func TestBothLanguagesHaveEqualKeysAndPlaceholders(t *testing.T) {
	if diff := cmp.Diff(lang.Keys("zh-CN"), lang.Keys("en")); diff != "" {
		t.Errorf("keys differ (-zh-CN +en):\n%s", diff)
	}
	for _, key := range lang.Keys("zh-CN") {
		a := slices.Sorted(slices.Values(placeholders.FindAllString(lang.Raw("zh-CN", key), -1)))
		b := slices.Sorted(slices.Values(placeholders.FindAllString(lang.Raw("en", key), -1)))
		if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
			t.Errorf("%s: zh-CN has %v, en has %v", key, a, b)
		}
	}
}

// TestEveryLiteralKeyAndFaultCodeHasWords reads the whole repository, so that
// no page can show a key and no refusal can be wordless.
func TestEveryLiteralKeyAndFaultCodeHasWords(t *testing.T) {
	used := regexp.MustCompile(`(?:\.T\(|lang\.Key\(|\.Page\(|Menu:\s*|GoSaying\([^"]*)"([^"]+)"`)
	coded := regexp.MustCompile(`fault\.New\(\s*[\w.]+,\s*"([^"]+)"|fault\.At\(\s*[^,]+,\s*"([^"]+)"|fault\.Field\{[^,}]+,\s*"([^"]+)"`)
	for name, text := range sources(t) {
		for _, m := range used.FindAllStringSubmatch(text, -1) {
			// A literal that ends in a dot is completed at run time.
			if !zh.Has(m[1]) && !strings.HasSuffix(m[1], ".") {
				t.Errorf("%s: no words for key %s", name, m[1])
			}
		}
		for _, m := range coded.FindAllStringSubmatch(text, -1) {
			if code := m[1] + m[2] + m[3]; !zh.Has("fault." + code) {
				t.Errorf("%s: no words for fault.%s", name, code)
			}
		}
	}
}

// sources returns the repository's own Go and templ files by path, without
// tests and generated code.
func sources(t *testing.T) map[string]string {
	t.Helper()
	found := make(map[string]string)
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata"):
			return fs.SkipDir
		case strings.HasSuffix(path, "_test.go"), strings.HasSuffix(path, "_templ.go"),
			!strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".templ"):
			return nil
		}
		text, err := os.ReadFile(path)
		found[strings.TrimPrefix(path, root+string(filepath.Separator))] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestChineseIsPlain(t *testing.T) {
	for _, key := range lang.Keys("zh-CN") {
		// Names of laws and legal terms are quoted as they are.
		if strings.HasPrefix(key, "law.") {
			continue
		}
		for _, finding := range lang.Lint(lang.Raw("zh-CN", key)) {
			t.Errorf("%s: %s", key, finding)
		}
	}
}

// TestChineseUsesCommonCharacters takes the 3,755 characters of GB 2312 level 1
// as the common ones: 98 in 100 must be among them.
func TestChineseUsesCommonCharacters(t *testing.T) {
	gbk := simplifiedchinese.GBK.NewEncoder()
	all, rare := 0, map[rune]int{}
	for _, key := range lang.Keys("zh-CN") {
		for _, r := range lang.Raw("zh-CN", key) {
			if r < 0x4E00 || r > 0x9FFF {
				continue
			}
			all++
			if b, err := gbk.Bytes([]byte(string(r))); err != nil || b[0] < 0xB0 || b[0] > 0xD7 {
				rare[r]++
			}
		}
	}
	n := 0
	for _, c := range rare {
		n += c
	}
	if n*50 > all {
		t.Errorf("%d of %d characters are rare", n, all)
	}
}

func TestLintFindsWhatIsHardToRead(t *testing.T) {
	for _, text := range []string{
		"我们会收集包括但不限于姓名的信息。",
		"撤回同意之后，我们停止。",
		"你不得不同意。",
		"您好。",
		"姓名,电话。",
		"还可以再试 3 次。",
		strings.Repeat("长", 41) + "。",
	} {
		if lang.Lint(text) == nil {
			t.Errorf("nothing found in %q", text)
		}
	}
	for _, text := range []string{"", "验证码不对。还可以再试{0}次。", "2026年11月22日 10:32", strings.Repeat("好", 40) + "。" + strings.Repeat("好", 40)} {
		if found := lang.Lint(text); found != nil {
			t.Errorf("%q: %v", text, found)
		}
	}
}

// counted are words that stand after a number as "items" does in "4 items".
var counted = regexp.MustCompile(`\{\d\} (?:(?:log|different|working|more|erased|signed|usable) )?(?:records|groups|classes|people|children|entries|heads|things` +
	`|places|items|rows|lines|days|months|years|hours|minutes|files|pages|fields|purposes|columns|problems|messages|families|stores|values` +
	`|learners|exports|papers|applications|alarms|drafts|parts|differences|lists|tables|forms|sets|releases|cells|results)\b`)

func TestNoCountHasOneFormOnlyInEnglish(t *testing.T) {
	for _, key := range lang.Keys("en") {
		if m := counted.FindString(lang.Raw("en", key)); m != "" {
			t.Errorf("%s: %q has no form for 1; write {0|item|items}", key, m)
		}
	}
}
