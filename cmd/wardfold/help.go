package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// help writes what there is to know about the verb that args name, or about the
// whole program.
func (t *console) help(m *kong.Application, args []string) error {
	node := m.Node
	for _, a := range args {
		for _, child := range node.Children {
			if child.Name == a {
				node = child
			}
		}
	}
	if node == m.Node && len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		return refuse(exitUsage, "cli.usage.argument", args[0])
	}
	name := strings.TrimPrefix(node.FullPath(), "wardfold")
	fmt.Fprintln(t.out, "wardfold"+name+synopsis(node))
	t.say("cli.help." + helpKey(node))
	fmt.Fprintln(t.out)
	width := 0
	for _, child := range node.Children {
		width = max(width, len(child.Name))
	}
	for _, child := range node.Children {
		fmt.Fprintf(t.out, "  %-*s  %s\n", width, child.Name, t.p.T("cli.help."+helpKey(child)))
	}
	if len(node.Children) > 0 {
		fmt.Fprintln(t.out)
	}
	t.flags(node)
	if node == m.Node {
		t.say("cli.help.first")
		t.say("cli.help.status")
	}
	return nil
}

// flags lists the flags of a verb, and after them those of every verb.
func (t *console) flags(node *kong.Node) {
	for _, group := range node.AllFlags(true) {
		for _, f := range group {
			text := "--" + f.Name
			if !f.IsBool() {
				text += " " + f.FormatPlaceHolder()
			}
			fmt.Fprintf(t.out, "  %-28s  %s\n", text, t.p.T(t.flagKey(node, f.Name)))
		}
	}
}

// flagKey names the words about a flag: those of the verb, where the same name
// means something else there, or those that all verbs share.
func (t *console) flagKey(node *kong.Node, flag string) string {
	if own := "cli.flag." + helpKey(node) + "." + flag; t.p.Has(own) {
		return own
	}
	return "cli.flag." + flag
}

// helpKey names the words about a verb: "keys.rotate".
func helpKey(n *kong.Node) string {
	path := strings.Fields(strings.TrimPrefix(n.FullPath(), "wardfold"))
	for i, p := range path {
		path[i] = strings.ReplaceAll(p, "-", "_")
	}
	if len(path) == 0 {
		return "wardfold"
	}
	return strings.Join(path, ".")
}

func synopsis(n *kong.Node) string {
	var s strings.Builder
	if len(n.Children) > 0 {
		s.WriteString(" …")
	}
	for _, p := range n.Positional {
		name := p.Tag.PlaceHolder
		if name == "" {
			name = strings.ToUpper(p.Name)
		}
		s.WriteString(" " + name)
	}
	return s.String()
}

// mistakes maps what kong finds wrong with a command line to our own words.
var mistakes = []struct {
	pattern *regexp.Regexp
	key     string
}{
	{regexp.MustCompile(`^unknown flag (\S+?),? ?(?:did you mean.*)?$`), "cli.usage.flag"},
	{regexp.MustCompile(`^unexpected argument (\S+?),? ?(?:did you mean.*)?$`), "cli.usage.argument"},
	{regexp.MustCompile(`^missing flags?: (.*)$`), "cli.usage.missing"},
	{regexp.MustCompile(`^expected "?(<[^"]*>)"?$`), "cli.usage.missing"},
	{regexp.MustCompile(`^expected (?:one of )?(".*)$`), "cli.usage.verb"},
	{regexp.MustCompile(`^(\S+): (?:expected|missing|invalid|bool value) .*$`), "cli.usage.value"},
	{regexp.MustCompile(`^(\S+) must be one of .*$`), "cli.usage.value"},
}

// named takes the brackets off what an operand and a list are called.
var named = strings.NewReplacer(`"`, "", ",...", "", "<file>", "FILE", "<key>", "KEY", "<login>", "LOGIN", "<receipt-no>", "RECEIPT-NO")

// usage puts a mistake in the arguments of a command into words.
func usage(err error, n *kong.Node) error {
	for _, m := range mistakes {
		if found := m.pattern.FindStringSubmatch(err.Error()); found != nil {
			if m.key == "cli.usage.argument" && len(n.Children) == 0 {
				m.key = "cli.usage.surplus"
			}
			return refuse(exitUsage, m.key, named.Replace(found[1])).because(err)
		}
	}
	return refuse(exitUsage, "cli.usage.other", err.Error()).because(err)
}

// understood is the command that the arguments name, as far as they could be read.
func understood(c *kong.Context) *kong.Node {
	for _, p := range slices.Backward(c.Path) {
		if n := p.Node(); n != nil && n.Type != kong.ArgumentNode {
			return n
		}
	}
	return c.Model.Node
}

// verbOf is a command as it is typed.
func verbOf(n *kong.Node) string {
	verb, _, _ := strings.Cut(n.FullPath(), " <")
	return verb
}
