package main

import (
	"errors"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/verify"
)

// options are the parsed arguments. Flags may stand before, between or after
// the operands.
type options struct {
	verb      string
	operands  []string
	key       verify.Key
	witnesses []verify.Key
	quorum    int
	from      []string // files with heads kept from earlier
	save      string   // where to keep the verified head
	log       string   // for consistency: where the tiles are
	proof     string   // for consistency: a file with the proof
	extract   string   // for evidence and leak: a folder for the papers
	exhibit   string   // for leak: the list itself
	json      bool
}

var errHelp = errors.New("help")

// usageError is a mistake in the arguments; key names the words about it.
type usageError struct{ key, arg string }

func (e usageError) Error() string { return e.key + " " + e.arg }

func parse(args []string) (options, error) {
	o := options{quorum: -1}
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		name, value, inline := strings.Cut(arg, "=")
		switch {
		case arg == "-h" || arg == "--help" || arg == "-help" || arg == "help" && o.verb == "":
			return o, errHelp
		case arg == "--":
			o.operands = append(o.operands, args...)
			args = nil
		case arg == "--json":
			o.json = true
		case len(arg) > 1 && strings.HasPrefix(arg, "-"):
			if !inline {
				if len(args) == 0 {
					return o, usageError{"flag-value", name}
				}
				value, args = args[0], args[1:]
			}
			if err := o.set("--"+strings.TrimLeft(name, "-"), value); err != nil {
				return o, err
			}
		case o.verb == "":
			o.verb = arg
		default:
			o.operands = append(o.operands, arg)
		}
	}
	if o.quorum < 0 {
		o.quorum = len(o.witnesses) // who names witnesses wants their word
	}
	if o.quorum > len(o.witnesses) {
		return o, usageError{"quorum", strconv.Itoa(len(o.witnesses))}
	}
	return o, nil
}

func (o *options) set(name, value string) (err error) {
	switch name {
	case "--key":
		if o.key, err = verify.ParseKey(value); err != nil || o.key.Witness() {
			return usageError{"bad-key", name}
		}
	case "--witness":
		k, err := verify.ParseKey(value)
		if err != nil || !k.Witness() {
			return usageError{"bad-key", name}
		}
		o.witnesses = append(o.witnesses, k)
	case "--quorum":
		if o.quorum, err = strconv.Atoi(value); err != nil || o.quorum < 0 {
			return usageError{"bad-number", name}
		}
	case "--from":
		o.from = append(o.from, value)
	case "--save":
		o.save = value
	case "--log":
		o.log = value
	case "--proof":
		o.proof = value
	case "--extract":
		o.extract = value
	case "--exhibit":
		o.exhibit = value
	default:
		return usageError{"unknown-flag", name}
	}
	return nil
}
