package message_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/message"
)

// TestLongNames: calls are remembered by Call-ID and tags, which are bounded; who has longer ones is told so.
func TestLongNames(t *testing.T) {
	for name, tc := range map[string]struct {
		call, from, to int
		why            string
	}{
		"as long as may be": {256, 256, 256, ""},
		"Call-ID":           {257, 1, 1, "Call-ID is longer than 256 octets"},
		"tag of From":       {1, 257, 1, "a tag is longer than 256 octets"},
		"tag of To":         {1, 1, 257, "a tag is longer than 256 octets"},
	} {
		text := "INFO sip:b@b SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\r\nFrom: <sip:a@a>;tag=" + strings.Repeat("f", tc.from) +
			"\r\nTo: <sip:b@b>;tag=" + strings.Repeat("t", tc.to) + "\r\nCall-ID: " + strings.Repeat("c", tc.call) + "\r\nCSeq: 1 INFO\r\n\r\n"
		_, err := message.Parse([]byte(text))
		var wrong *message.Malformed
		if tc.why == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if !errors.As(err, &wrong) || wrong.Reason != tc.why || wrong.Request == nil || wrong.Refuse().StatusCode != sip.StatusBadRequest {
			t.Errorf("%s: %v", name, err)
		}
	}
}
