package application_test

import (
	"slices"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/fault"
)

// TestNobodysNumberStandsInAnApplication, whatever sort of number it is.
func TestNobodysNumberStandsInAnApplication(t *testing.T) { // S3-04
	for _, words := range []string{"核对身份证110101201603150015", "打138 0000 5678联系", "材料发到parent@example.cn", "微信号：wxid_abc12345"} {
		for field, f := range map[string]application.Form{"why": {Title: "研学", Why: words}, "title": {Title: words, Why: "联系家长"}} {
			missing := f.Missing(application.Needs{}, catalogue.Purpose{}, time.Now())
			if !slices.ContainsFunc(missing, func(x fault.Field) bool { return x.Path == field && x.Code == "application.number" }) {
				t.Errorf("a number passed as %s", field)
			}
		}
	}
}
