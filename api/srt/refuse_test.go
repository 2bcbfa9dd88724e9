package srt_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sluice/api/auth"
	"sluice/api/srt"
	"sluice/api/srt/link"
	"sluice/api/srt/wire"
	"sluice/engine/enginetest/program"
	"sluice/engine/fault"
)

// guarded lets "me" with a password publish and play "cam", and a token play.
func guarded(t *testing.T) *auth.Static {
	t.Helper()
	a, err := auth.New(auth.Config{
		Users:  []auth.UserConfig{{Name: "me", Password: auth.Hash("right"), Publish: []string{"cam"}, Play: []string{"cam"}}},
		Tokens: []auth.TokenConfig{{Name: "viewer", Token: "0123456789abcdef", Play: []string{"cam"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// call calls a server, and gives what it said.
func call(t testing.TB, host, id, passphrase string) (*link.Conn, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return link.Dial(ctx, host, link.Options{StreamID: id, Passphrase: passphrase})
}

func TestRefusals(t *testing.T) {
	const pass = "a_long_enough_one"
	a := guarded(t)
	for _, c := range []struct {
		name           string
		id, passphrase string
		change         func(*srt.Options)
		want           wire.Reason
	}{
		{"no stream id", "", "", nil, wire.BadRequest},
		{"junk", "#!::r=a,r=b", "", nil, wire.BadRequest},
		{"no name for a stream", "read:../x", "", nil, wire.BadRequest},
		{"both ways", "#!::r=cam,m=bidirectional", "", nil, wire.BadMode},
		{"a file", "#!::r=cam,t=file", "", nil, wire.Unsupported},
		{"nobody there", "read:cam", "", nil, wire.NotFound},
		{"nothing shown", "publish:cam", "", func(o *srt.Options) { o.Auth = a }, wire.Unauthorized},
		{"wrong password", "publish:cam:me:wrong", "", func(o *srt.Options) { o.Auth = a }, wire.Unauthorized},
		{"another stream", "#!::m=publish,r=other,u=me,s=right", "", func(o *srt.Options) { o.Auth = a }, wire.Forbidden},
		{"a viewer's token", "#!::m=publish,r=cam,token=0123456789abcdef", "", func(o *srt.Options) { o.Auth = a }, wire.Forbidden},
		{"right, but nobody there", "read:cam?token=0123456789abcdef", "", func(o *srt.Options) { o.Auth = a }, wire.NotFound},
		{"another passphrase", "publish:cam", "another_long_one", func(o *srt.Options) { o.Passphrase = pass }, wire.BadSecret},
		{"no passphrase", "publish:cam", "", func(o *srt.Options) { o.Passphrase = pass }, wire.Unsecure},
		{"a passphrase too many", "publish:cam", pass, nil, wire.Unsecure},
		{"in the clear, but nobody there", "read:cam", "", func(o *srt.Options) { o.Passphrase, o.Clear = pass, true }, wire.NotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.change == nil {
				c.change = func(*srt.Options) {}
			}
			s := serve(t, c.change)
			conn, err := call(t, s.host, c.id, c.passphrase)
			if err == nil {
				conn.Close()
			}
			if err == nil || !strings.Contains(err.Error(), c.want.String()) {
				t.Errorf("%v, want %s", err, c.want)
			}
			if n := s.door.Counts(); n.Publishers+n.Players > 0 && err == nil {
				t.Errorf("counted %+v", n)
			}
		})
	}
}

// TestANameThatIsTaken has a second publisher hear that there is a first one, and who comes when that is killed get the name.
func TestANameThatIsTaken(t *testing.T) {
	t.Parallel()
	s := serve(t)
	there := s.await("stream.published", "cam")
	first := publish(t, s.host, "publish:cam", "", simple)
	there()
	if _, err := call(t, s.host, "publish:cam", ""); err == nil || !strings.Contains(err.Error(), wire.Conflict.String()) {
		t.Errorf("a second publisher: %v", err)
	}
	if said := last(publish(t, s.host, "publish:cam", "", simple)); !strings.Contains(said, "failed") {
		t.Errorf("ffmpeg said %q", said)
	}
	gone, again := s.await("stream.ended", "cam"), s.await("stream.published", "cam")
	first.Kill()
	gone()
	publish(t, s.host, "publish:cam", "", simple)
	again()
}

func TestTheLibraryHearsWhy(t *testing.T) {
	t.Parallel()
	s := serve(t, func(o *srt.Options) { o.Passphrase = "a_long_enough_one" })
	for more, want := range map[string]string{
		"":                             "Password required or unexpected",
		"&passphrase=another_long_one": "Incorrect passphrase",
		"&passphrase=a_long_enough_one&pbkeylen=24": "Application-defined rejection reason", // 1404
	} {
		p := program.Start(t, "srt-live-transmit", "-to:5", "-a:no", "-loglevel:note", "srt://"+s.host+"?streamid=read:nobody"+more, "file://con")
		if said := last(p); !strings.Contains(strings.ToLower(said), strings.ToLower(want)) {
			t.Errorf("with %q it said %s", more, said)
		}
	}
}

// TestTooManyWrongPassphrases has many try at once: some hear that they are wrong, the others that there are too many, until there
// were none for a moment.
func TestTooManyWrongPassphrases(t *testing.T) {
	const right = "a_long_enough_one"
	s := serve(t, func(o *srt.Options) { o.Passphrase = right })
	for range 20 { // who are right count nothing
		if _, err := call(t, s.host, "read:cam", right); err == nil || !strings.Contains(err.Error(), wire.NotFound.String()) {
			t.Fatalf("with the right one: %v", err)
		}
	}
	const many = 60 // more than there may be at first and in all the patience that there is
	var calls sync.WaitGroup
	var wrong, braked atomic.Int64
	for range many {
		calls.Go(func() {
			_, err := call(t, s.host, "read:cam", "another_long_one")
			switch code := fault.CodeOf(err); code {
			case fault.Unauthorized:
				wrong.Add(1)
			case fault.Overloaded:
				braked.Add(1)
			default:
				t.Errorf("with a wrong one: %v", err)
			}
		})
	}
	calls.Wait()
	if wrong.Load() == 0 || braked.Load() == 0 {
		t.Errorf("%d were tried and %d were not", wrong.Load(), braked.Load())
	}
	tick, stop := time.NewTicker(100*time.Millisecond), time.After(patience)
	defer tick.Stop()
	for {
		_, err := call(t, s.host, "read:cam", right)
		if err != nil && strings.Contains(err.Error(), wire.NotFound.String()) {
			return
		}
		if fault.CodeOf(err) != fault.Overloaded {
			t.Fatalf("with the right one, later: %v", err)
		}
		select {
		case <-tick.C:
		case <-stop:
			t.Fatal("it is never tried again")
		}
	}
}
