package trial

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"sluice/engine/plan"
	"sluice/engine/run/files"
)

// elsewhere tells why a test of a shipped graph says nothing here: what it reads lies in the repository, and this is not it. It
// goes by the folder, since a test may be about a file that is not there. "" lets the test run.
func (t *trial) elsewhere(tmpl *plan.Template, in plan.Inputs) string {
	if !t.opts.Shipped(t.from.Graph) {
		return ""
	}
	p, err := tmpl.Resolve(in)
	if err != nil {
		return "" // the test will say so
	}
	for _, f := range files.Of(p, t.set.Registry.Spec) {
		if f.Written || filepath.IsAbs(f.Path) {
			continue
		}
		if _, err := os.Stat(filepath.Dir(f.Path)); errors.Is(err, fs.ErrNotExist) {
			return fmt.Sprintf("%q is not here; it is part of sluice's repository, in whose root this test runs", f.Name())
		}
	}
	return ""
}
