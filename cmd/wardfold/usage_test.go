package main

import (
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode"

	"github.com/alecthomas/kong"

	"github.com/wardfold/wardfold/internal/lang"
)

// misused lists wrong command lines for one verb: a flag that it does not have,
// an operand too many, each flag without its value, each operand missing.
func misused(n *kong.Node) (all [][]string) {
	verb := strings.Fields(strings.TrimPrefix(n.FullPath(), "wardfold"))
	for i, f := range verb {
		if strings.HasPrefix(f, "<") || strings.HasPrefix(f, "[") {
			verb = verb[:i]
			break
		}
	}
	add := func(args ...string) { all = append(all, append(append([]string{}, verb...), args...)) }
	operands := make([]string, len(n.Positional))
	for i := range operands {
		operands[i] = "x"
	}
	add(append(operands, "--frobnicate")...)
	add(append(operands, "one", "too", "many")...)
	for _, group := range n.AllFlags(true) {
		for _, f := range group {
			if f.IsBool() {
				add(append(operands, "--"+f.Name+"=perhaps")...)
			} else {
				add(append(operands, "--"+f.Name)...)
			}
		}
	}
	for _, p := range n.Positional {
		if p.Required {
			add()
		}
	}
	return all
}

// TestEveryVerbExplainsWrongArguments: whatever a newcomer gets wrong, each verb
// answers with the status of wrong arguments and a sentence in their language;
// not with a key, and not with the words of the library that reads arguments.
func TestEveryVerbExplainsWrongArguments(t *testing.T) {
	k, err := kong.New(&command{}, kong.Name("wardfold"), kong.NoDefaultHelp())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, leaf := range k.Model.Leaves(true) {
		for _, args := range misused(leaf) {
			for _, tag := range lang.Tags {
				n++
				var said strings.Builder
				c := &console{out: io.Discard, err: &said, env: func(string) string { return "" }, p: lang.For(tag)}
				status := run(t.Context(), c, append([]string{"--lang", tag}, args...))
				text := said.String()
				if status != exitUsage {
					t.Errorf("%s %v: status %d: %s", tag, args, status, text)
				}
				if han := strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }); han != (tag == "zh-CN") {
					t.Errorf("%s %v is answered in another language: %s", tag, args, text)
				}
				for _, raw := range []string{"cli.", "expected", "missing flag", "unknown flag", "invalid", "bool value"} {
					if tag == "zh-CN" && strings.Contains(text, raw) {
						t.Errorf("%v: raw words: %s", args, text)
					}
				}
			}
		}
	}
	if n < 300 {
		t.Errorf("only %d command lines were tried", n)
	}
}

// TestEveryVerbHasAPageOfHelp in both languages, with every flag in words.
func TestEveryVerbHasAPageOfHelp(t *testing.T) {
	k, err := kong.New(&command{}, kong.Name("wardfold"), kong.NoDefaultHelp())
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range k.Model.Leaves(true) {
		verb := strings.Fields(strings.SplitN(strings.TrimPrefix(leaf.FullPath(), "wardfold"), "<", 2)[0])
		for _, tag := range lang.Tags {
			var out strings.Builder
			c := &console{out: &out, err: io.Discard, env: os.Getenv, p: lang.For(tag)}
			if status := run(t.Context(), c, append([]string{"--lang", tag, "--help"}, verb...)); status != exitDone {
				t.Errorf("%v: status %d", verb, status)
			}
			if text := out.String(); strings.Contains(text, "cli.") || !strings.Contains(text, "--data") {
				t.Errorf("%s %v:\n%s", tag, verb, text)
			}
		}
	}
}

// TestAGroupOfVerbsSaysWhatThereIs: "wardfold audit" alone names its verbs, also
// when there is only one.
func TestAGroupOfVerbsSaysWhatThereIs(t *testing.T) {
	k, err := kong.New(&command{}, kong.Name("wardfold"), kong.NoDefaultHelp())
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range k.Model.Children {
		if len(group.Children) == 0 {
			continue
		}
		var said strings.Builder
		c := &console{out: io.Discard, err: &said, env: func(string) string { return "" }, p: lang.For("zh-CN")}
		status := run(t.Context(), c, []string{"--lang", "zh-CN", group.Name})
		if text := said.String(); status != exitUsage || strings.Contains(text, "expected") || !strings.Contains(text, group.Children[0].Name) {
			t.Errorf("%s: status %d: %s", group.Name, status, text)
		}
	}
}

// TestEverySettingIsInTheManual: newcomers find the settings in install.md and
// nowhere else.
func TestEverySettingIsInTheManual(t *testing.T) {
	manual, err := os.ReadFile("../../docs/ops/install.md")
	if err != nil {
		t.Fatal(err)
	}
	var check func(at string, s reflect.Type)
	check = func(at string, s reflect.Type) {
		for i := range s.NumField() {
			name, _, _ := strings.Cut(s.Field(i).Tag.Get("json"), ",")
			inner := s.Field(i).Type
			for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice {
				inner = inner.Elem()
			}
			switch {
			case inner.Kind() == reflect.Struct:
				check(at+name+".", inner)
			case !strings.Contains(string(manual), "`"+at+name+"`") && !strings.Contains(string(manual), "`"+name+"`"):
				t.Errorf("install.md does not explain %s%s", at, name)
			}
		}
	}
	check("", reflect.TypeFor[config]())
}

// TestAFlagIsExplainedForItsOwnVerb: the kind of a roster is not the kind of an
// institution, and the name of a person is not that of an institution.
func TestAFlagIsExplainedForItsOwnVerb(t *testing.T) {
	for verb, words := range map[string][]string{
		"import":   {"paper_consent", "名单属于哪家门店"},
		"user add": {"这个人的姓名", "officer、manager"},
		"init":     {"机构全名", "training、school"},
	} {
		var out strings.Builder
		c := &console{out: &out, err: io.Discard, env: os.Getenv, p: lang.For("zh-CN")}
		run(t.Context(), c, append([]string{"--lang", "zh-CN", "--help"}, strings.Fields(verb)...))
		for _, w := range words {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%s does not say %s:\n%s", verb, w, out.String())
			}
		}
	}
}

// TestAMistakeNamesThePageOfHelpThatIsAboutIt: of the verb as far as it was
// understood.
func TestAMistakeNamesThePageOfHelpThatIsAboutIt(t *testing.T) {
	for args, want := range map[string]string{
		"sreve":                        `"sreve" is not known. "wardfold --help" lists the commands.`,
		"keys rotat":                   `"rotat" is not known. "wardfold keys --help" lists the commands.`,
		"keys rotate now":              `"now" does not belong here. "wardfold keys rotate --help" shows how it is used.`,
		"keys rotate --now":            `There is no flag --now. "wardfold keys rotate --help" lists those there are.`,
		"export-receipt":               `RECEIPT-NO is missing. "wardfold export-receipt --help" shows how it is used.`,
		"export-receipt 2611 --frob":   `There is no flag --frob. "wardfold export-receipt --help" lists those there are.`,
		"import list.csv":              `--as=LOGIN is missing. "wardfold import --help" shows how it is used.`,
		"restore":                      `FILE is missing. "wardfold restore --help" shows how it is used.`,
		"export-evidence --from never": `The value of --from is wrong. "wardfold export-evidence --help" shows how it is used.`,
		"nonsense --help":              `"nonsense" is not known. "wardfold --help" lists the commands.`,
	} {
		var said strings.Builder
		c := &console{out: io.Discard, err: &said, env: func(string) string { return "" }}
		run(t.Context(), c, strings.Fields(args))
		if got := strings.TrimSpace(said.String()); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", args, got, want)
		}
	}
}
