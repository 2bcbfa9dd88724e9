package resolve_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"testing"

	"github.com/emiago/sipgo/sip"
	"go.uber.org/goleak"

	"sluice/api/sip/stack/resolve"
	"sluice/api/sip/stack/resolve/resolvetest"
	"sluice/engine/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFind(t *testing.T) {
	dns := resolvetest.Serve(t, map[string][]string{
		"_sip._udp.example.org.":  {"10 0 5070 far.example.org.", "5 0 5080 near.example.org.", "20 0 5060 gone.example.org."},
		"_sips._tcp.example.org.": {"1 0 5071 near.example.org."},
		"near.example.org.":       {"192.0.2.1", "192.0.2.2"},
		"far.example.org.":        {"2001:db8::3", "192.0.2.3"},
		"example.org.":            {"192.0.2.9"},
	})
	for text, want := range map[string][]string{
		"sip:a@192.0.2.7":                        {"UDP 192.0.2.7:5060 192.0.2.7"},
		"sip:a@[2001:db8::1]:5062;transport=tcp": {"TCP [2001:db8::1]:5062 2001:db8::1"},
		"sips:a@192.0.2.7":                       {"TLS 192.0.2.7:5061 192.0.2.7"},
		"sip:a@192.0.2.7;transport=TLS":          {"TLS 192.0.2.7:5061 192.0.2.7"},
		"sip:example.org": {
			"UDP 192.0.2.1:5080 example.org", "UDP 192.0.2.2:5080 example.org", "UDP 192.0.2.3:5070 example.org", "UDP [2001:db8::3]:5070 example.org",
		},
		"sips:a@example.org":              {"TLS 192.0.2.1:5071 example.org", "TLS 192.0.2.2:5071 example.org"},
		"sip:a@example.org:5099":          {"UDP 192.0.2.9:5099 example.org"}, // a port: no services
		"sip:a@example.org;transport=tcp": {"TCP 192.0.2.9:5060 example.org"}, // none over TCP
	} {
		var uri sip.Uri
		if err := sip.ParseUri(text, &uri); err != nil {
			t.Fatal(err)
		}
		found, err := resolve.Find(t.Context(), dns, &uri, "udp")
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		var got []string
		for _, f := range found {
			got = append(got, f.Network+" "+f.Addr.String()+" "+f.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestNobody(t *testing.T) {
	dns := resolvetest.Serve(t, nil)
	for text, code := range map[string]fault.Code{
		"sip:a@nobody.example":          fault.Unreachable,
		"tel:+123":                      fault.InvalidRequest,
		"sip:a@example.org;transport=x": fault.InvalidRequest,
		"sip:a@192.0.2.1;transport=ws":  fault.InvalidRequest,
	} {
		var uri sip.Uri
		_ = sip.ParseUri(text, &uri)
		if found, err := resolve.Find(t.Context(), dns, &uri, "udp"); !errors.Is(err, code) {
			t.Errorf("%s: %v, %v", text, found, err)
		}
	}
}

func TestManyRecordsAreBounded(t *testing.T) {
	records := map[string][]string{"a.example.": nil}
	for i := range 30 {
		records["a.example."] = append(records["a.example."], net.IPv4(192, 0, 2, byte(i)).String())
	}
	var uri sip.Uri
	_ = sip.ParseUri("sip:a.example", &uri)
	found, err := resolve.Find(context.Background(), resolvetest.Serve(t, records), &uri, "udp")
	if err != nil || len(found) != 8 {
		t.Errorf("%d places, %v", len(found), err)
	}
}
