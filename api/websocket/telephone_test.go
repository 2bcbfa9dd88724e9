package websocket

import (
	"fmt"
	"strconv"
	"strings"

	"sluice/api/calls"
)

// ring does what happens on a telephone line: "registers LOGIN STATE", "invites LOGIN CALL FROM CODECS", "becomes CALL STATE CODE CAUSE
// REASON", "transfers CALL CODE REASON", "asked CALL WHAT", "closes LOGIN line", "away sessions COUNT".
func (s *script) ring(words []string) error {
	rest := func(n int) string { return strings.Join(words[min(n, len(words)):], " ") }
	ctx := s.Context()
	switch words[0] {
	case "registers":
		r := calls.Registration{State: calls.RegistrationState(words[2]), Code: 200, Reason: "OK"}
		if r.State == calls.RegistrationFailed {
			r.Code, r.Reason = 403, "Forbidden"
		}
		s.lines.Line(ctx, words[1]).Register(r)
	case "invites":
		line := s.lines.Line(ctx, words[1])
		if !line.Invite(calls.About{ID: words[2], From: words[3], Display: "Bob", Codecs: words[4:], Message: "INVITE"}) {
			return fmt.Errorf("nobody took it")
		}
	case "becomes":
		code, err := strconv.Atoi(words[3])
		if err != nil {
			return err
		}
		s.lines.Call(ctx, words[1]).Become(calls.State(words[2]), code, rest(5), calls.Cause(words[4]))
	case "transfers":
		code, err := strconv.Atoi(words[2])
		if err != nil {
			return err
		}
		s.lines.Call(ctx, words[1]).Transferred(code, rest(3))
	case "asked":
		if !s.lines.Asked(ctx, words[1], rest(2)) {
			return fmt.Errorf("nobody asked for it")
		}
	case "closes":
		if !s.lines.Line(ctx, words[1]).Closed(ctx) {
			return fmt.Errorf("it is open")
		}
	case "away":
		n, err := strconv.Atoi(words[2])
		if err != nil {
			return err
		}
		s.logs("session ended", n)
	default:
		return fmt.Errorf("nobody knows how to do that")
	}
	return nil
}
