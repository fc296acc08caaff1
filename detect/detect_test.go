package detect_test

import (
	"bytes"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/wardfold/wardfold/detect"
)

var on = detect.On(2026, 11, 22)

func TestAResidentIdentityNumberAndAMobileNumberAreFound(t *testing.T) {
	s := detect.New(detect.Options{On: on})
	text := []byte("学生身份证110101201503078036，电话13812345678。")
	got := slices.Collect(s.Text(text))
	if len(got) != 2 || got[0].Kind != detect.ResidentID || got[1].Kind != detect.Mobile || got[0].Minor != detect.Under14 {
		t.Fatalf("got %v", got)
	}
	var read []detect.Finding
	for f, err := range s.Read(iotest.OneByteReader(bytes.NewReader(text))) {
		if err != nil {
			t.Fatal(err)
		}
		read = append(read, f)
	}
	if !slices.Equal(got, read) {
		t.Errorf("a stream says %v", read)
	}
}
