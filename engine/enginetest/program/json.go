package program

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
)

// JSON runs a program to its end, and reads what it writes to standard output, as ffprobe does with -of json, into something.
func JSON(t testing.TB, into any, name string, args ...string) error {
	t.Helper()
	var out bytes.Buffer
	cmd := Command(t, name, args...)
	cmd.Stdout = &out
	p := Run(t, cmd)
	if err := p.Ended(); err != nil {
		return fmt.Errorf("%s: %w: %s", p, err, p.Said())
	}
	if err := json.Unmarshal(out.Bytes(), into); err != nil {
		return fmt.Errorf("%s: %w in %q", p, err, out.Bytes())
	}
	return nil
}
