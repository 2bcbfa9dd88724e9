package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/api/sip/siptest"
)

// switchboard is a server that telephones call at a fixed address, and that calls them by its REST API, without a registrar.
type switchboard struct {
	*restServer
	sip string // "127.0.0.1:5060", where telephones call in over UDP
}

// serveSwitchboard starts one with accounts as the configuration has them.
func serveSwitchboard(t *testing.T, accounts string, env ...string) *switchboard {
	t.Helper()
	folder := t.TempDir()
	file := filepath.Join(folder, "sluice.yaml")
	if err := os.WriteFile(file, []byte("sip:\n  accounts:\n"+accounts), 0o600); err != nil {
		t.Fatal(err)
	}
	// Ports of its own, between those of siptest and those of lines: a telephone of another test that ended badly still sends to where its
	// server was, and what comes first from the same host is believed.
	const first, last, most = 20_000, 30_000, 98
	media := first + rand.IntN((last-first)/(most+2))*(most+2)
	s := serveREST(t, folder, append([]string{
		"SLUICE_CONFIG=" + file, "SLUICE_SIP_LISTEN=127.0.0.1:0", "SLUICE_SIP_ADDRESS=127.0.0.1", "SLUICE_SIP_DOMAINS=private",
		fmt.Sprintf("SLUICE_SIP_MEDIA_PORTS=%d-%d", media, media+most),
	}, env...)...)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(s.errs.all())
		}
	})
	return &switchboard{s, "127.0.0.1:" + s.out.await(t, `SIP +sip:localhost:(\d+)`)[1]}
}

// anybody is an account for which everybody on the loopback may call in.
func anybody(name string) string { return "    - {name: " + name + ", from: [127.0.0.0/8]}\n" }

// telephone is one that nobody has to register for, with a voice of one tone.
func (s *switchboard) telephone(user string, hz float64, codecs ...siptest.Codec) *siptest.Baresip {
	s.t.Helper()
	return siptest.StartBaresip(s.t, siptest.PhoneOptions{
		Account: siptest.Account{User: user, Password: "x", Domain: s.sip}, Idle: true, Voice: siptest.Voice{Hz: hz}, Codecs: codecs,
	})
}

// dials has a telephone call a number of the server's, and returns when it is answered.
func (s *switchboard) dials(b *siptest.Baresip, number string) {
	s.t.Helper()
	b.Dial("sip:" + number + "@" + s.sip)
	b.AwaitCall()
}

// call is a request by which the server calls a telephone that is registered nowhere, by the name of the call.
func (s *switchboard) call(id string, to *siptest.Baresip, user string) J {
	s.t.Helper()
	host, port, _ := strings.Cut(to.Address, ":")
	return J{
		"callId": id, "callee": user, "hasAudio": true, "hasVideo": false, "sipLogin": "100", "sipDomain": host, "sipPort": port,
		"sipRegisterRequired": false,
	}
}
