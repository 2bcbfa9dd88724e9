package lines

import (
	"strings"
	"testing"
)

// TestLongHeaders: what users add to a call may be as long as it says, and of one line.
func TestLongHeaders(t *testing.T) {
	for text, taken := range map[string]bool{
		strings.Repeat("a", 1024): true, strings.Repeat("a", 1025): false, "a\r\nb": false, strings.Repeat("0f", 200) + ";encoding=hex": true,
	} {
		if _, err := ours(map[string]string{"User-to-User": text}); (err == nil) != taken {
			t.Errorf("%d signs: %v", len(text), err)
		}
	}
}
