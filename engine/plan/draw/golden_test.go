package draw

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"sluice/engine/plan"
)

var update = flag.Bool("update", false, "write what the printers print to testdata")

// printers by the ending of their golden files.
func printers() map[string]func(io.Writer, *plan.Plan) error {
	return map[string]func(io.Writer, *plan.Plan) error{
		"txt":        func(w io.Writer, p *plan.Plan) error { return Text(w, p, false) },
		"colour.txt": func(w io.Writer, p *plan.Plan) error { return Text(w, p, true) },
		"launch.sh":  Launch, "dot": DOT, "json": JSON, "svg": SVG,
	}
}

func TestGolden(t *testing.T) {
	for name, p := range fixtures() {
		for ending, show := range printers() {
			t.Run(name+"."+ending, func(t *testing.T) {
				var b bytes.Buffer
				if err := show(&b, p); err != nil {
					t.Fatal(err)
				}
				file := filepath.Join("testdata", name+"."+ending)
				if *update {
					if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatalf("%v (run with -update, then read what it wrote)", err)
				}
				if !bytes.Equal(b.Bytes(), want) {
					t.Errorf("%s differs; got:\n%s", file, b.String())
				}
			})
		}
	}
}
