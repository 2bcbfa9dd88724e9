package siptest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sluice/engine/enginetest/program"
)

// Linphone is a telephone that has G.729 and Speex. It is told what to do as somebody at its keyboard would. Its methods are the test's
// goroutine's.
type Linphone struct {
	Address string // host:port, where it can be called directly
	t       testing.TB
	folder  string
	options PhoneOptions
	process *program.Program
	keys    io.WriteCloser
	read    int // how much of what it said was taken by await
}

const linphoneConfig = `[sip]
sip_port=%[1]d
sip_tcp_port=-1
sip_tls_port=-1
default_proxy=0
bind_address=127.0.0.1
guess_hostname=0
use_ipv6=0
ipv6_migration_done=1
contact="phone" <sip:%[2]s@127.0.0.1:%[1]d>
media_encryption=%[3]s
media_encryption_mandatory=%[4]d
use_info=0
use_rfc2833=1
[rtp]
audio_rtp_port=%[5]d
audio_jitt_comp=60
[sound]
echocancellation=0
playback_dev_id=0
[net]
mtu=1300
[video]
enabled=0
capture=0
display=0
`

// linphoneRoute has all that it sends go by its registrar.
const linphoneRoute = "reg_route=<sip:%s;transport=%s;lr>\n"

const linphoneAccount = `[proxy_0]
reg_proxy=<sip:%[1]s;transport=%[2]s>
reg_identity=sip:%[3]s@%[1]s
reg_expires=60
reg_sendregister=%[5]d
publish=0
%[6]s[auth_info_0]
username=%[3]s
passwd=%[4]s
domain=127.0.0.1
`

// StartLinphone starts one, and returns when it is registered, if it is to be. Its films are not seen: it has no H.264 in Debian. One that
// is not registered tells whom it calls that its media is at the machine's address of the default route, not at the loopback.
func StartLinphone(t testing.TB, o PhoneOptions) *Linphone {
	t.Helper()
	need(t, "linphonec")
	base := ports(t, 4)
	l := &Linphone{t: t, Address: address(base), folder: folder(t), options: o}
	o.Voice.write(t, l.path("voice.wav"), o.codecs()[0])
	for _, name := range []string{".local/share/linphone", ".config/linphone"} {
		if err := os.MkdirAll(l.path(name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(l.path("config"), []byte(l.config(base)), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"-c", l.path("config"), "-d", "6", "-l", l.path("log")}
	if !o.Manual {
		args = append(args, "-a")
	}
	cmd := program.Command(t, "linphonec", args...)
	cmd.Env = append(os.Environ(), "HOME="+l.folder)
	var err error
	if l.keys, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	l.process = program.Run(t, cmd)
	t.Cleanup(l.explain)
	t.Cleanup(func() { _ = l.keys.Close() })
	l.say("soundcard use files")
	l.say("play " + l.path("voice.wav"))
	l.say("record " + l.path("heard.wav"))
	if !o.Idle {
		if said := l.await("to [LinphoneRegistrationOk]", "to [LinphoneRegistrationFailed]"); !strings.Contains(said, "Ok") {
			t.Fatalf("Linphone is not registered: %s", said)
		}
	}
	return l
}

func (l *Linphone) path(name string) string { return filepath.Join(l.folder, name) }

func (l *Linphone) config(port int) string {
	o, security, must, register := l.options, "none", 0, 1
	if o.SRTP {
		security, must = "srtp", 1
	}
	transport, by := orElse(o.Transport, "udp"), ""
	if o.Idle {
		register = 0
	} else {
		by = fmt.Sprintf(linphoneRoute, o.Account.Domain, transport)
	}
	var text strings.Builder
	fmt.Fprintf(&text, linphoneConfig, port, o.Account.User, security, must, port+2)
	fmt.Fprintf(&text, linphoneAccount, o.Account.Domain, transport, o.Account.User, o.Account.Password, register, by)
	// Codecs that the list does not name are added to it by Linphone, and those that are on by default would be on.
	wanted := o.codecs()
	rest := []Codec{PCMU, PCMA, G722, Opus, G729, Speex8, Speex16, "speex/32000", "GSM"}
	n := 0
	list := func(c Codec, enabled int) {
		mime, rate, channels := c.linphoneName()
		fmt.Fprintf(&text, "[audio_codec_%d]\nmime=%s\nrate=%s\nchannels=%s\nenabled=%d\n", n, mime, rate, channels, enabled)
		n++
	}
	for _, c := range wanted {
		list(c, 1)
	}
	for _, c := range rest {
		if !slices.Contains(wanted, c) {
			list(c, 0)
		}
	}
	return text.String()
}

// say types a line.
func (l *Linphone) say(line string) {
	l.t.Helper()
	if _, err := io.WriteString(l.keys, line+"\n"); err != nil {
		l.t.Fatal(err)
	}
}

// await waits until one of some words is in its log, which tells of every change of state, and gives what the line has from there on. What
// came before is passed over.
func (l *Linphone) await(words ...string) string {
	l.t.Helper()
	line := ""
	until(l.t, strings.Join(words, " or ")+" of Linphone", func() (string, bool) {
		said := l.Log()
		for _, word := range words {
			if at := strings.Index(said[l.read:], word); at >= 0 {
				begin := l.read + at
				line, _, _ = strings.Cut(said[begin:], "\n")
				l.read = begin + len(word)
				return "", true
			}
		}
		return said[l.read:], false
	})
	return line
}

// Dial calls somebody. How that goes, AwaitCall tells.
func (l *Linphone) Dial(to string) { l.t.Helper(); l.say("call " + to) }

// AwaitRing waits for a call that comes in.
func (l *Linphone) AwaitRing() { l.t.Helper(); l.await("to LinphoneCallIncomingReceived") }

// AwaitCall waits until a call is answered, whoever called.
func (l *Linphone) AwaitCall() {
	l.t.Helper()
	if said := l.await("to LinphoneCallStreamsRunning", "to LinphoneCallEnd", "to LinphoneCallError"); !strings.Contains(said, "Running") {
		l.t.Fatalf("the call has ended: %s", said)
	}
}

// AwaitEnd waits for the end of a call, and gives the line that says so.
func (l *Linphone) AwaitEnd() string {
	l.t.Helper()
	return l.await("to LinphoneCallEnd", "to LinphoneCallError")
}

// Answer takes the call that rings.
func (l *Linphone) Answer() { l.t.Helper(); l.say("answer") }

// Hangup ends the call.
func (l *Linphone) Hangup() { l.t.Helper(); l.say("terminate") }

// Hold has the other side wait (a re-INVITE, sendonly), and Resume takes it back.
func (l *Linphone) Hold() { l.t.Helper(); l.say("pause") }

// AwaitHold waits until Hold was answered: before, Linphone makes no other call.
func (l *Linphone) AwaitHold() { l.t.Helper(); l.await("to LinphoneCallPaused") }

// Resume ends Hold.
func (l *Linphone) Resume() { l.t.Helper(); l.say("resume") }

// Transfer sends the other side to somebody else (REFER).
func (l *Linphone) Transfer(to string) { l.t.Helper(); l.say("transfer " + to) }

// Join sends the other side of a call to that of another one, in whose place it is to be taken there (REFER with Replaces). Calls are
// numbered from 1 as they begin.
func (l *Linphone) Join(call, with int) {
	l.t.Helper()
	l.say(fmt.Sprintf("transfer %d --to-call %d", call, with))
}

// Press presses keys (RTP events, RFC 4733).
func (l *Linphone) Press(keys string) { l.t.Helper(); l.say(keys) }

// Text sends somebody a text.
func (l *Linphone) Text(to, text string) { l.t.Helper(); l.say("chat " + to + " " + text) }

// AwaitText waits for a text, and gives the line that tells of it: "from ADDRESS: TEXT".
func (l *Linphone) AwaitText() string {
	l.t.Helper()
	line := ""
	until(l.t, "a text to Linphone", func() (string, bool) {
		said := l.process.Said()
		_, rest, came := strings.Cut(said, "Message received ")
		var whole bool
		line, _, whole = strings.Cut(rest, "\n")
		return said, came && whole
	})
	return line
}

// Heard is what it has heard until now, in all calls.
func (l *Linphone) Heard() Sound {
	l.t.Helper()
	if _, err := os.Stat(l.path("heard.wav")); err != nil {
		return Sound{}
	}
	return readSound(l.t, l.path("heard.wav"), l.options.codecs()[0].rate())
}

// Log is what it noted until now: every message and every change of state.
func (l *Linphone) Log() string {
	l.t.Helper()
	text, err := os.ReadFile(l.path("log"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		l.t.Fatal(err)
	}
	return string(text)
}

// Vanish ends it as if its machine had lost power: nobody is told.
func (l *Linphone) Vanish() { l.t.Helper(); l.process.Kill() }

// explain tells the end of its log of a test that failed.
func (l *Linphone) explain() {
	if !l.t.Failed() {
		return
	}
	const most = 8000
	text, _ := os.ReadFile(l.path("log")) // it may have written none
	l.t.Logf("Linphone's log ends so:\n%s", text[max(0, len(text)-most):])
}
