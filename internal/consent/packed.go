package consent

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// The derived row of a subject holds all its purposes in one short text,
// purpose:state:since in milliseconds, with commas between. Codes have none of
// these marks. One row instead of one for each purpose halves its size.

var errPacked = errors.New("the derived state is damaged; rebuild it")

func pack(all []Standing) string {
	var b strings.Builder
	for _, s := range all {
		if s.State == StateNone {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(s.Purpose)
		b.WriteByte(':')
		b.WriteString(string(s.State))
		b.WriteByte(':')
		b.WriteString(strconv.FormatInt(s.Since.UnixMilli(), 10))
	}
	return b.String()
}

// unpack returns purpose, state and since of one purpose; StateNone if it is
// not there. What cannot be read is an error, never a state.
func unpack(packed, purpose string) (Standing, error) {
	for entry := range strings.SplitSeq(packed, ",") {
		code, rest, found := strings.Cut(entry, ":")
		switch {
		case !found && packed != "":
			return Standing{}, errPacked
		case code == purpose:
			return standing(code, rest)
		}
	}
	return Standing{Purpose: purpose}, nil
}

// unpackAll returns purpose, state and since of every purpose, in their order.
func unpackAll(packed string) (all []Standing, err error) {
	if packed == "" {
		return nil, nil
	}
	for entry := range strings.SplitSeq(packed, ",") {
		code, rest, _ := strings.Cut(entry, ":")
		s, err := standing(code, rest)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// standing reads what stands behind a purpose: state:since.
func standing(purpose, rest string) (Standing, error) {
	state, since, _ := strings.Cut(rest, ":")
	ms, err := strconv.ParseInt(since, 10, 64)
	if err != nil {
		return Standing{}, errPacked
	}
	return Standing{Purpose: purpose, State: State(state), Since: time.UnixMilli(ms).UTC()}, nil
}
