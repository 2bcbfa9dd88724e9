package siptest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/engine/enginetest/program"
)

// PhoneOptions are for StartBaresip and StartLinphone.
type PhoneOptions struct {
	Account   Account
	Codecs    []Codec // for sound, best first; none is PCMU
	Transport string  // of SIP: "udp", "tcp" or "tls"; "" is udp
	SRTP      bool    // media must be encrypted (SDES, RFC 4568)
	Voice     Voice   // what it says
	Manual    bool    // calls that come in ring until Answer
	Idle      bool    // it registers nowhere: it is called at its own address
	Film      Film    // what it shows (Baresip only); the zero value is nothing, and calls without pictures
	Extra     string  // further parameters of the account, such as "rtcp_mux=yes" (Baresip only)
}

func (o PhoneOptions) codecs() []Codec {
	if len(o.Codecs) == 0 {
		return []Codec{PCMU}
	}
	return o.Codecs
}

// Baresip is a telephone with sound and pictures. Its methods are the test's goroutine's.
type Baresip struct {
	*control
	Address string // host:port, where it can be called directly
	options PhoneOptions
	folder  string
	process *program.Program
}

// baresipConfig is filled with the ports of SIP, of control, the first and the last of media, its folder, and that of the modules. Its
// jitter buffer is short, so that delays are rather ours. mwi.so is not there: it subscribes again and again where it is refused.
const baresipConfig = `net_interface 127.0.0.1
sip_listen 127.0.0.1:%[1]d
ctrl_tcp_listen 127.0.0.1:%[2]d
rtp_ports %[3]d-%[4]d
call_local_timeout 120
audio_source aufile,%[5]s/voice.wav
audio_player aubridge,ear
audio_alert aubridge,alert
jitter_buffer_delay 1-5
snd_path %[5]s
video_source avformat,%[5]s/film.mp4
video_display fakevideo,nil
video_size 352x288
video_bitrate 400000
video_fps 15
avcodec_h264enc libx264
module_path %[6]s
module g711.so
module g722.so
module opus.so
module aufile.so
module aubridge.so
module sndfile.so
module avcodec.so
module vp8.so
module avformat.so
module fakevideo.so
module snapshot.so
module srtp.so
module dtls_srtp.so
module_tmp uuid.so
module_app menu.so
module_app ctrl_tcp.so
`

// StartBaresip starts one, and returns when it is registered, if it is to be.
func StartBaresip(t testing.TB, o PhoneOptions) *Baresip {
	t.Helper()
	need(t, "baresip")
	modules, err := filepath.Glob("/usr/lib/baresip/modules")
	if err != nil || len(modules) == 0 {
		program.Lacking(t, "baresip-core", "it has no modules")
	}
	const first, last = 4, 31 // of its ports: for SIP (and TLS behind it), control, and media from here
	base := ports(t, last+1)
	b := &Baresip{Address: address(base), options: o, folder: folder(t)}
	o.Voice.write(t, filepath.Join(b.folder, "voice.wav"), o.codecs()[0])
	o.Film.write(t, filepath.Join(b.folder, "film.mp4"))
	config := fmt.Sprintf(baresipConfig, base, base+2, base+first, base+last, b.folder, modules[0])
	if err := os.WriteFile(filepath.Join(b.folder, "config"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	b.process = program.Start(t, "baresip", "-4", "-f", b.folder, "-v")
	b.control = talk(t, address(base+2))
	b.do("uanew", b.account())
	if !o.Idle {
		if e := b.await("REGISTER_OK", "REGISTER_FAIL"); e.Type != "REGISTER_OK" {
			t.Fatalf("Baresip is not registered: %s", e.Param)
		}
	}
	return b
}

// account is the line that describes the account.
func (b *Baresip) account() string {
	o := b.options
	line := fmt.Sprintf("<%s;transport=%s>;auth_user=%s;auth_pass=%s;audio_codecs=%s",
		o.Account.URI(), orElse(o.Transport, "udp"), o.Account.User, o.Account.Password, baresipNames(o.codecs()))
	switch {
	case o.Idle:
		line += ";regint=0"
	default:
		line += ";regint=60"
	}
	if o.Manual {
		line += ";answermode=manual"
	} else {
		line += ";answermode=auto"
	}
	if o.SRTP {
		line += ";mediaenc=srtp-mand"
	}
	if o.Film.Codec != "" {
		line += ";video_codecs=" + o.Film.Codec
	}
	if o.Extra != "" {
		line += ";" + o.Extra
	}
	return line
}

// Dial calls somebody. How that goes, AwaitCall tells.
func (b *Baresip) Dial(to string) { b.t.Helper(); b.do("dial", to) }

// AwaitRing waits for a call that comes in.
func (b *Baresip) AwaitRing() { b.t.Helper(); b.await("CALL_INCOMING") }

// AwaitCall waits until a call is answered, whoever called.
func (b *Baresip) AwaitCall() {
	b.t.Helper()
	if e := b.await("CALL_ESTABLISHED", "CALL_CLOSED"); e.Type != "CALL_ESTABLISHED" {
		b.t.Fatalf("the call has ended: %s", e.Param)
	}
}

// AwaitEnd waits for the end of a call, and gives the reason, such as "486 Busy Here".
func (b *Baresip) AwaitEnd() string { b.t.Helper(); return b.await("CALL_CLOSED").Param }

// Answer takes the call that rings.
func (b *Baresip) Answer() { b.t.Helper(); b.do("accept", "") }

// Hangup ends the call, or refuses the one that rings.
func (b *Baresip) Hangup() { b.t.Helper(); b.do("hangup", "") }

// Hold has the other side wait (a re-INVITE, sendonly), and Resume takes it back.
func (b *Baresip) Hold() { b.t.Helper(); b.do("hold", "") }

// Resume ends Hold.
func (b *Baresip) Resume() { b.t.Helper(); b.do("resume", "") }

// Transfer sends the other side to somebody else (REFER).
func (b *Baresip) Transfer(to string) { b.t.Helper(); b.do("transfer", to) }

// Press presses keys, each after the other has been let go (RTP events, RFC 4733).
func (b *Baresip) Press(keys string) {
	b.t.Helper()
	const length = 250 * time.Millisecond // Baresip lets go of a key by itself, and tells nobody when
	for _, key := range keys {
		b.do("sndcode", string(key))
		<-time.After(length)
	}
}

// Keys are those that the other side has pressed until now, in any call.
func (b *Baresip) Keys() string {
	var keys strings.Builder
	for _, e := range b.all() {
		if e.Type == "CALL_DTMF_START" {
			keys.WriteString(e.Param)
		}
	}
	return keys.String()
}

// AwaitKeys waits until the other side has pressed so many keys, and gives them.
func (b *Baresip) AwaitKeys(n int) string {
	b.t.Helper()
	until(b.t, fmt.Sprintf("%d keys", n), func() (string, bool) { return b.Keys(), len(b.Keys()) >= n })
	return b.Keys()
}

// Events are all that it has told of until now.
func (b *Baresip) Events() []Event { return b.all() }

// State is what it tells of its calls, in words.
func (b *Baresip) State() string { b.t.Helper(); return b.do("callstat", "") }

// Heard is what it has heard in its latest call until now, after its own jitter buffer. It ends with a hold.
func (b *Baresip) Heard() Sound { b.t.Helper(); return b.recording("dec") }

// Uttered is what it has said in its latest call until now.
func (b *Baresip) Uttered() Sound { b.t.Helper(); return b.recording("enc") }

// recording reads the latest one of a kind (its module sndfile names them by the time).
func (b *Baresip) recording(kind string) Sound {
	b.t.Helper()
	names, err := filepath.Glob(filepath.Join(b.folder, "dump-*-"+kind+".wav"))
	if err != nil || len(names) == 0 {
		return Sound{}
	}
	slices.Sort(names)
	return readSound(b.t, names[len(names)-1], b.options.codecs()[0].rate())
}

// Seen is the picture that it is shown now.
func (b *Baresip) Seen() Picture {
	b.t.Helper()
	path := filepath.Join(b.folder, fmt.Sprintf("seen-%d.png", time.Now().UnixNano()))
	b.do("snapshot_recv", path)
	return readPicture(b.t, path)
}

// Stop has it say goodbye to everybody and end.
func (b *Baresip) Stop() { b.t.Helper(); b.process.End() }

// Vanish ends it as if its machine had lost power: nobody is told.
func (b *Baresip) Vanish() { b.t.Helper(); b.process.Kill() }

func orElse(s, standard string) string {
	if s == "" {
		return standard
	}
	return s
}
