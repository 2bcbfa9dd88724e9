package message_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/message"
)

// torture is where sipgo's module keeps the messages of RFC 4475.
func torture(t testing.TB, kind string) map[string][]byte {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/emiago/sipgo").Output()
	if err != nil {
		t.Fatalf("where is sipgo: %v", err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "sip/testdata/torture", kind, "*.dat"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no messages of RFC 4475: %v", err)
	}
	all := map[string][]byte{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(f), ".dat")] = data
	}
	return all
}

func TestTortureValid(t *testing.T) {
	for name, data := range torture(t, "valid") {
		if _, err := message.Parse(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Messages of RFC 4475 that are syntactically right, and to be refused by whoever handles them, or to be taken as they are.
func wellFormed() map[string]string {
	return map[string]string{
		"bext01":   "an unknown extension is required: 420, of the stack",
		"cparam01": "an unknown parameter of Contact is ignored",
		"cparam02": "an unknown parameter of an address is ignored",
		"inv2543":  "RFC 2543 had no tags; section 3.4.1 says to be lenient",
		"invut":    "an unknown type of body: 415, of the call",
		"regaut01": "an unknown scheme of authorization: 401, of the registrar",
		"regescrt": "headers in an address of Contact are not looked at",
		"sdp01":    "a body that is not accepted: 406, of the call",
		"unksm2":   "unknown schemes in headers that nobody looks at",
		"zeromf":   "who answers itself need not forward (3.3.11)",
	}
}

func TestTortureInvalid(t *testing.T) {
	codes := map[string]int{"badvers": 505, "unkscm": 416, "novelsc": 416}
	fine := wellFormed()
	for name, data := range torture(t, "invalid") {
		m, err := message.Parse(data)
		if _, ok := fine[name]; ok {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		wrong := (*message.Malformed)(nil)
		if !errors.As(err, &wrong) {
			t.Errorf("%s was taken: %v", name, m)
			continue
		}
		want := 400
		if c := codes[name]; c != 0 {
			want = c
		}
		if wrong.Code != want {
			t.Errorf("%s: %v, want %d", name, wrong, want)
		}
		answer := strings.HasPrefix(string(data), "SIP/") || name == "test"
		if (wrong.Request == nil) != answer {
			t.Errorf("%s: can be answered: %t", name, wrong.Request != nil)
		}
		if res := wrong.Refuse(); res != nil {
			if back, err := message.Parse([]byte(res.String())); err == nil && back.(*sip.Response).StatusCode != want {
				t.Errorf("%s: the refusal reads %v", name, back)
			}
		}
	}
}

func TestWhiteSpace(t *testing.T) {
	const text = "INVITE sip:b@example.org SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1 : 5061 ; branch = z9hG4bKx ; rport\r\n" +
		"v: SIP / 2.0 / TCP [2001:db8::1]:5070;branch=z9hG4bKy , SIP/2.0/UDP c.example.org\r\n" +
		"From: \"A, \\\"B\\\" <x>\"  <sip:a@example.org;user=phone> ; tag = 1\r\nTo:\r\n sip:b@example.org ;\r\n\ttag=2\r\n" +
		"i: abc\r\nCSeq: 0007\r\n  INVITE\r\nContact : \"Q\" <sip:q@192.0.2.1> ; q = 0.3 ; +sip.instance=\"<urn:uuid:1;2>\", <sip:r@192.0.2.2>\r\n" +
		"k: 100rel , timer\r\nSubject: a\r\n  b\r\nl : 3\r\n\r\nabcdef"
	m, err := message.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	check := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s is %q, want %q", what, got, want)
		}
	}
	vias := m.GetHeaders("via")
	check("Via", vias[0].Value(), "SIP/2.0/UDP 192.0.2.1:5061;branch=z9hG4bKx;rport")
	check("Via", vias[1].Value(), "SIP/2.0/TCP [2001:db8::1]:5070;branch=z9hG4bKy")
	check("Via", vias[2].Value(), "SIP/2.0/UDP c.example.org")
	check("From", m.From().Value(), `"A, \"B\" <x>" <sip:a@example.org;user=phone>;tag=1`)
	check("To", m.To().Value(), "<sip:b@example.org>;tag=2")
	check("CSeq", m.CSeq().Value(), "7 INVITE")
	check("Contact", m.GetHeaders("contact")[0].Value(), `"Q" <sip:q@192.0.2.1>;q=0.3;+sip.instance="<urn:uuid:1;2>"`)
	check("Contact", m.GetHeaders("contact")[1].Value(), `<sip:r@192.0.2.2>`)
	check("Supported", m.GetHeaders("supported")[0].Value(), "100rel , timer")
	check("Subject", m.GetHeaders("subject")[0].Value(), "a b")
	check("body", string(m.Body()), "abc")
}

func FuzzParse(f *testing.F) {
	for _, kind := range []string{"valid", "invalid"} {
		for _, data := range torture(f, kind) {
			f.Add(data)
		}
	}
	f.Add([]byte("ACK sip:a SIP/2.0\nVia: SIP/2.0/UDP a;branch=z9hG4bK1\nf: <sip:a>\nt: <sip:b>\ni: 1\nCSeq: 1 ACK\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := message.Parse(data)
		wrong := (*message.Malformed)(nil)
		if errors.As(err, &wrong) {
			if res := wrong.Refuse(); res != nil {
				_ = res.String()
			}
			return
		}
		if _, err := message.Parse([]byte(m.String())); err != nil {
			t.Fatalf("%v\n%q\nwas read from\n%q", err, m.String(), data)
		}
	})
}
