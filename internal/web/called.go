package web

import (
	"github.com/wardfold/wardfold/deid"
	"github.com/wardfold/wardfold/internal/family"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// called is a child's name as its own family reads it, by the table of masks.
func called(c family.Child) ui.Masked {
	return ui.Masked(deid.Rules.Mask(deid.ChildName, deid.Family, c.Name.Expose()))
}
