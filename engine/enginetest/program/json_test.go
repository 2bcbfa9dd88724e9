package program

import (
	"strings"
	"testing"
)

func TestJSON(t *testing.T) {
	var got struct{ Streams []string }
	if err := JSON(t, &got, "sh", "-c", `echo '{"streams": ["h264", "aac"]}'; echo what it thinks of it >&2`); err != nil || len(got.Streams) != 2 {
		t.Errorf("%v, %v", got, err)
	}
	for script, want := range map[string]string{
		"echo no >&2; exit 3": "exit status 3: no", "echo h264, aac": `in "h264, aac`,
	} {
		if err := JSON(t, &got, "sh", "-c", script); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", script, err)
		}
	}
}
